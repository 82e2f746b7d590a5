using System.Diagnostics.Metrics;
using System.Net;
using Atbb.AtProto;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Repos;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Grains.Tests.Repos;

public sealed class HostHeadsTests : IAsyncLifetime
{
    static readonly Uri Host = new("https://pds.example");
    static readonly Tid Rev = Tid.Parse("3jzfcijpj2z2a");
    static readonly Tid Later = Tid.Parse("3jzfcijpj2z2b");

    readonly ScriptedPds pds = new();
    TestDatabase? database;
    HostHeads? heads;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var repos = new RepoStore(database.Index, TimeProvider.System);
        await repos.AddPendingAsync([.. Enumerable.Range(0, 100).Select(i => Ours(i).Value)], underWay: null, Cancel);
        heads = HeadsOn(database.Index);
    }

    public async ValueTask DisposeAsync() => await database!.DisposeAsync();

    static Did Ours(int i) => Did.Parse($"did:plc:{i:d3}");

    static Did Strangers(int i) => Did.Parse($"did:plc:stranger{i:d3}");

    static HostPage Page(string? cursor, params IEnumerable<Did> dids) => new([.. dids.Select(did => (did, new HostedRepo(true, null, Rev)))], cursor);

    static IEnumerable<Did> Ours(int from, int count) => Enumerable.Range(from, count).Select(i => Ours(i));

    async Task<Tid?> AskAsync(Did did, long run = 1, Uri? host = null, CancellationToken? cancel = null) =>
        (await heads!.RevOfAsync(run, readsAfresh: false, host ?? Host, did, cancel ?? Cancel))?.Rev;

    /// <summary>Of did:web, the host is what follows.</summary>
    sealed class WebHosts : IDidResolver
    {
        public Task<DidDocument> ResolveAsync(Did did, TimeSpan maxAge, CancellationToken cancellationToken) => throw new InvalidOperationException("No document is read for a rev.");

        public string? HostOf(Did did) => did.Id.ToString();
    }

    HostHeads HeadsOn(IndexDatabase index, params IReadOnlyList<string> skipped)
    {
        var options = Options.Create(new BackfillOptions { SkipDids = [.. skipped], SkipHosts = ["left.example"] });
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new(
            pds, new WebHosts(), new RepoStore(index, TimeProvider.System), new SettledRepos(index, TimeProvider.System), new LeftOut(options), new RepoMetrics(meters), options,
            // A clock that stands still: nobody is sent away because the machine is busy.
            NullLogger<HostListing>.Instance, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
    }

    /// <summary>As many questions as a host has to answer one by one before it is asked for its list.</summary>
    async Task AskAloneAsync(long run = 1, Uri? host = null)
    {
        for (var i = 0; i < HostListing.AskedAlone; i++)
            Assert.Null(await AskAsync(Strangers(i), run, host));
    }

    [Fact]
    public async Task RevOf_TheFirstFew_AreAskedAloneAndTheRestFromOnePage()
    {
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 50)));
        await AskAloneAsync();
        Assert.Empty(pds.Cursors);

        for (var i = 0; i < 50; i++)
            Assert.Equal(Rev, await AskAsync(Ours(i)));

        Assert.Equal([null], pds.Cursors);
    }

    /// <summary>As an earlier run has left it.</summary>
    async Task ReadUpToAsync(Did did, Tid rev)
    {
        foreach (var sql in new[]
        {
            $"update repos set status = 'active', last_run_id = 0, phase = 2, is_settled = 1, pds = 'https://pds.example', rev = '{rev}', identity_at = '{SqliteNow}' where did = '{did}'",
            $"""
            insert into repo_cursors (did, collection, run_id, listing_order, is_complete, rev)
            values ('{did}', 'space.atbb.membership', 0, 'ascending', 1, '{rev}'), ('{did}', 'space.atbb.post', 0, 'ascending', 1, '{rev}')
            """,
        })
            await database!.ExecuteAsync(sql);
    }

    static string SqliteNow => TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    async Task<bool> IsSettledAsync(int i, bool readsAfresh = false)
    {
        var listed = (await heads!.RevOfAsync(1, readsAfresh, Host, Ours(i), Cancel))!.Value;
        var row = await database!.NumberAsync($"select count(*) from repos where did = '{Ours(i)}' and last_run_id = 1 and is_settled");
        Assert.Equal(listed.IsSettled ? 1 : 0, row);
        return listed.IsSettled;
    }

    [Fact]
    public async Task RevOf_SomeOnThePageAreUnchanged_TheyAreSettledAndTheOthersAreNot()
    {
        await ReadUpToAsync(Ours(0), Rev);
        await ReadUpToAsync(Ours(1), Later);
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 50)));
        await AskAloneAsync();

        Assert.Equal((true, false, false), (await IsSettledAsync(0), await IsSettledAsync(1), await IsSettledAsync(2)));
    }

    [Fact]
    public async Task RevOf_TheRunReadsEverythingAgain_SettlesNobody()
    {
        await ReadUpToAsync(Ours(0), Rev);
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 50)));
        for (var i = 0; i < HostListing.AskedAlone; i++)
            Assert.Null(await heads!.RevOfAsync(1, readsAfresh: true, Host, Strangers(i), Cancel));

        Assert.False(await IsSettledAsync(0, readsAfresh: true));
    }

    [Fact]
    public async Task RevOf_SomebodyUnchangedIsLeftOut_IsNotSettled()
    {
        heads = HeadsOn(database!.Index, Ours(0).Value);
        var web = Did.Parse("did:web:left.example");
        await new RepoStore(database.Index, TimeProvider.System).AddPendingAsync([web.Value], underWay: null, Cancel);
        foreach (var did in new[] { Ours(0), Ours(1), web })
            await ReadUpToAsync(did, Rev);
        pds.Repos = (_, _) => Task.FromResult(Page(null, [.. Ours(0, 50), web]));
        await AskAloneAsync();

        Assert.Equal((false, true), (await IsSettledAsync(0), await IsSettledAsync(1)));
        Assert.False((await heads!.RevOfAsync(1, readsAfresh: false, Host, web, Cancel))!.Value.IsSettled);
    }

    /// <summary>Another silo has read the same page before, and settled it: the listing goes on, and does not end for having nobody to settle.</summary>
    [Fact]
    public async Task RevOf_AnotherSiloHasSettledThePage_ReadsOn()
    {
        for (var i = 0; i < 50; i++)
            await ReadUpToAsync(Ours(i), Rev);
        pds.Repos = (cursor, _) => Task.FromResult(cursor is null ? Page("b", Ours(0, 50)) : Page(null, Ours(50, 50)));
        await AskAloneAsync();
        Assert.True(await IsSettledAsync(0));

        heads = HeadsOn(database!.Index);
        await AskAloneAsync();

        Assert.Equal(Rev, await AskAsync(Ours(70)));
        Assert.True(await IsSettledAsync(1));
        Assert.Equal([null, null, "b"], pds.Cursors);
    }

    [Fact]
    public async Task RevOf_OnALaterPage_ReadsNoFurtherThanThere()
    {
        pds.Repos = (cursor, _) => Task.FromResult(cursor switch
        {
            null => Page("b", Ours(0, 20)),
            "b" => Page("c", Ours(20, 20)),
            _ => Page("d", Ours(40, 20)),
        });
        await AskAloneAsync();

        Assert.Equal(Rev, await AskAsync(Ours(25)));
        Assert.Equal(Rev, await AskAsync(Ours(3)));

        Assert.Equal([null, "b"], pds.Cursors);
    }

    [Fact]
    public async Task RevOf_NotListed_IsNullWhenTheListEnds()
    {
        pds.Repos = (cursor, _) => Task.FromResult(cursor is null ? Page("b", Ours(0, 20)) : Page(null, Ours(20, 20)));
        await AskAloneAsync();

        Assert.Null(await AskAsync(Ours(99)));
        Assert.Null(await AskAsync(Ours(98)));

        Assert.Equal([null, "b"], pds.Cursors);
    }

    [Fact]
    public async Task RevOf_FewOfOursOnAPage_TheListIsGivenUp()
    {
        pds.Repos = (cursor, _) => Task.FromResult(Page(cursor + "x", [.. Ours(0, HostListing.FewOnPage - 1), .. Enumerable.Range(0, 900).Select(i => Strangers(i))]));
        await AskAloneAsync();

        Assert.Null(await AskAsync(Ours(99)));
        // What the page did say is used.
        Assert.Equal(Rev, await AskAsync(Ours(0)));
        Assert.Equal([null], pds.Cursors);
    }

    [Fact]
    public async Task RevOf_ListedAsInactiveOrWithoutARev_IsNull()
    {
        pds.Repos = (_, _) => Task.FromResult(new HostPage(
            [
                .. Page(null, Ours(0, 20)).Repos,
                (Ours(20), new HostedRepo(false, "takendown", Rev)),
                (Ours(21), new HostedRepo(true, null, null)),
            ],
            null));
        await AskAloneAsync();

        Assert.Null(await AskAsync(Ours(20)));
        Assert.Null(await AskAsync(Ours(21)));
        Assert.Equal(Rev, await AskAsync(Ours(19)));
    }

    /// <summary>Whatever a host does with its cursors, it runs out of what is new.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RevOf_AHostThatLeadsInCircles_ComesToAnEnd(bool sameCursor)
    {
        pds.Repos = (cursor, _) => Task.FromResult(Page(sameCursor ? "x" : cursor + "x", Ours(0, 50)));
        await AskAloneAsync();

        Assert.Null(await AskAsync(Ours(99)));

        Assert.Equal(2, pds.Cursors.Count);
    }

    [Theory]
    [InlineData(AtProtoFailure.Refused)]
    [InlineData(AtProtoFailure.Malformed)]
    [InlineData(AtProtoFailure.TooLarge)]
    [InlineData(AtProtoFailure.TimedOut)]
    [InlineData(AtProtoFailure.ServerError)]
    public async Task RevOf_TheListCannotBeRead_EachIsAskedAlone(AtProtoFailure failure)
    {
        pds.Repos = (_, _) => throw new AtProtoException(failure, "no");
        await AskAloneAsync();

        Assert.Null(await AskAsync(Ours(0)));
        Assert.Null(await AskAsync(Ours(1)));
        Assert.Single(pds.Cursors);
    }

    [Fact]
    public async Task RevOf_TheHostIsBusy_WaitsAndAsksForTheSamePageAgain()
    {
        var isBusy = false;
        pds.Repos = (cursor, _) => isBusy
            ? throw new AtProtoException(AtProtoFailure.RateLimited, "later")
            : Task.FromResult(cursor is null ? Page("b", Ours(0, 20)) : Page(null, Ours(20, 20)));
        await AskAloneAsync();
        Assert.Equal(Rev, await AskAsync(Ours(0)));

        isBusy = true;
        Assert.Equal(AtProtoFailure.RateLimited, (await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(Ours(25)))).Failure);
        isBusy = false;

        Assert.Equal(Rev, await AskAsync(Ours(25)));
        Assert.Equal([null, "b", "b"], pds.Cursors);
    }

    /// <summary>What the host refuses is the list: whoever waits for it is sent away without a failure of its own.</summary>
    [Fact]
    public async Task RevOf_TheListIsRateLimited_SendsEachAwayUntilThen()
    {
        var until = DateTimeOffset.UnixEpoch.AddYears(90);
        var refusals = 1;
        pds.Repos = (_, _) => Interlocked.Decrement(ref refusals) >= 0
            ? throw new AtProtoException(AtProtoFailure.RateLimited, "429") { Status = HttpStatusCode.TooManyRequests, RetryAt = until }
            : Task.FromResult(Page(null, Ours(0, 50)));
        await AskAloneAsync();

        var refused = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(Ours(0)));

        Assert.Equal(new RepoVerdict.Deferred(until), RepoVerdict.Of(refused));
        Assert.Equal(Rev, await AskAsync(Ours(0)));
    }

    /// <summary>A host may limit this method for good: its repositories must not wait for ever, with no attempt that could fail.</summary>
    [Fact]
    public async Task RevOf_TheListIsRateLimitedForGood_EachIsAskedAloneInTheEnd()
    {
        pds.Repos = (_, _) => throw new AtProtoException(AtProtoFailure.RateLimited, "429") { Status = HttpStatusCode.TooManyRequests };
        await AskAloneAsync();

        for (var i = 0; i < HostListing.MostRefusals; i++)
            Assert.IsType<RepoVerdict.Deferred>(RepoVerdict.Of(await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(Ours(0)))));

        Assert.Null(await AskAsync(Ours(0)));
    }

    [Fact]
    public async Task RevOf_TheDatabaseIsAway_SaysSoAndAsksForTheSamePageAgain()
    {
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 20)));
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var away = IndexDatabase.Create(DatabaseTarget.Parse(Path.Combine(folder, "forum.db")), NullLoggerFactory.Instance);
        var repos = new RepoStore(away, TimeProvider.System);
        heads = HeadsOn(away);
        await AskAloneAsync();
        try
        {
            var asking = Ours(0, 5).Select(did => AskAsync(did)).ToList();
            foreach (var question in asking)
                await Assert.ThrowsAsync<IndexUnavailableException>(() => question);
            var asked = pds.Cursors.Count;
            await away.MigrateAsync(Cancel);
            await repos.AddPendingAsync([.. Ours(0, 20).Select(did => did.Value)], underWay: null, Cancel);

            Assert.Equal(Rev, await AskAsync(Ours(0)));
            Assert.Equal(Enumerable.Repeat<string?>(null, asked + 1), pds.Cursors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task RevOf_ManyAtOnce_OnePageIsUnderWayAndACallerWhoLeavesHarmsNobody()
    {
        var answer = new TaskCompletionSource<HostPage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pds.Repos = (_, token) =>
        {
            asked.TrySetResult();
            return answer.Task.WaitAsync(token);
        };
        await AskAloneAsync();
        using var impatient = new CancellationTokenSource();

        // The one who leaves is the one for whom the page was asked.
        var leaving = AskAsync(Ours(0), cancel: impatient.Token);
        await asked.Task.WaitAsync(Cancel);
        var staying = Ours(1, 40).Select(did => AskAsync(did)).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        answer.SetResult(Page(null, Ours(0, 50)));

        Assert.All(await Task.WhenAll(staying), rev => Assert.Equal(Rev, rev));
        Assert.Single(pds.Cursors);
    }

    [Fact]
    public async Task RevOf_TwoHosts_EachAnswersForItself()
    {
        var other = new Uri("https://other.example");
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 50)));
        await AskAloneAsync();
        Assert.Equal(Rev, await AskAsync(Ours(0)));

        await AskAloneAsync(host: other);
        Assert.Equal(Rev, await AskAsync(Ours(0), host: other));
        Assert.Equal(2, pds.Cursors.Count);
    }

    [Fact]
    public async Task RevOf_ANewRun_ListsAfreshAndTheOldOneAsksAlone()
    {
        pds.Repos = (_, _) => Task.FromResult(Page(null, Ours(0, 50)));
        await AskAloneAsync();
        Assert.Equal(Rev, await AskAsync(Ours(0)));

        pds.Repos = (_, _) => Task.FromResult(new HostPage([.. Ours(0, 50).Select(did => (did, new HostedRepo(true, null, Later)))], null));
        await AskAloneAsync(run: 2);
        Assert.Equal(Later, await AskAsync(Ours(1), run: 2));
        Assert.Null(await AskAsync(Ours(2), run: 1));
        Assert.Equal(Later, await AskAsync(Ours(2), run: 2));
    }
}
