using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Runs over many repositories of one host, whose revs a listing names.</summary>
public class HostListingTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string ListRepos = "com.atproto.sync.listRepos";
    const string GetLatestCommit = "com.atproto.sync.getLatestCommit";
    const string New = """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""";
    const int Users = 30;

    /// <summary>The forum and its members, all in the index.</summary>
    static async Task<ForumCluster> IndexedAsync(Action<BackfillOptions>? configure = null)
    {
        var cluster = await ForumCluster.StartAsync(new() { Users = Users, PostsPerUser = 1 }, configure: configure);
        await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Log.Clear();
        return cluster;
    }

    static (long Pages, long Lists, long Commits) Asked(SamplePds pds) =>
        (pds.Log.CountOf(ListRecords), pds.Log.CountOf(ListRepos), pds.Log.CountOf(GetLatestCommit));

    /// <summary>No page, the few questions of the beginning, and a page of the list. The forum, settled in its own phase, costs one more of each.</summary>
    static void AssertListed(SamplePds pds, int alone = 0)
    {
        var (pages, lists, commits) = Asked(pds);
        Assert.Equal(0, pages);
        Assert.InRange(lists, 1, 2);
        Assert.InRange(commits, 4, 5 + alone);
    }

    /// <summary>One that is not among the few that are asked about alone.</summary>
    static SampleRepo LastOf(ForumCluster cluster) => cluster.Forum.Users.MaxBy(user => user.Did, StringComparer.Ordinal)!;

    [Fact]
    public async Task CatchUp_NothingHasChanged_CostsAListingAndAFewQuestions()
    {
        await using var cluster = await IndexedAsync();

        for (var round = 0; round < 2; round++)
        {
            var run = await cluster.RunAsync(RunType.CatchUp);

            Assert.Equal((RunStatus.Completed, Users + 1, 0), (run.Status, run.DidsDone, run.Counts.Indexed + run.Counts.Unchanged + run.Counts.Failed));
            // Afresh in each run.
            AssertListed(cluster.Pds);
            cluster.Pds.Log.Clear();
        }
    }

    /// <summary>More than go into the window at once, and are taken from the index at once: whom a listing has settled is not asked any more.</summary>
    [Fact]
    public async Task CatchUp_NothingHasChangedOfMany_MostAreSettledByTheListingAndEachIsCountedOnce()
    {
        const int many = 450;
        await using var cluster = await ForumCluster.StartAsync(new() { Users = many, PostsPerUser = 1 }, configure: options => options.ListingPatience = TimeSpan.FromMinutes(1));
        await cluster.RunAsync(RunType.FullSync);
        var busy = LastOf(cluster);
        busy.Add(ForumRecords.Post, New);
        cluster.Pds.Log.Clear();
        long asked = 0, listed = 0;
        var meters = cluster.Meters;
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Other clusters' runs are measured in this process, too.
                if (instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            if (instrument.Name == "atbb.repo.slices")
                Interlocked.Add(ref asked, count);
            if (instrument.Name == "atbb.repo.settled_by_listing")
                Interlocked.Add(ref listed, count);
        });
        meter.Start();

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, many + 1, 1), (run.Status, run.DidsDone, run.Counts.Indexed));
        // What was spent on asking is counted, whoever was settled by it.
        Assert.Equal(cluster.Pds.Log.Count, run.Counts.Requests);
        Assert.InRange(Asked(cluster.Pds).Lists, 1, 2);
        Assert.Equal(many + 1, await cluster.Database.NumberAsync($"select count(*) from repos where last_run_id = {run.RunId} and phase = 2 and is_settled"));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.InRange(listed, many - 10, many);
        Assert.InRange(asked, 1, many - 100);
    }

    /// <summary>Whoever has had the list asked for is sent away meanwhile, and finds itself settled: question and answer are counted all the same.</summary>
    [Fact]
    public async Task CatchUp_TheListTakesLongerThanAnybodyWaits_IsCountedOnceItIsThere()
    {
        await using var cluster = await IndexedAsync();
        cluster.Pds.Fault = request => request.Method == ListRepos ? PdsFault.Late(TimeSpan.FromSeconds(2)) : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, Users + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        AssertListed(cluster.Pds);
        await cluster.Pds.Log.AnsweredAsync((int)cluster.Pds.Log.Count, _ => true, TestContext.Current.CancellationToken);
        Assert.Equal((cluster.Pds.Log.Count, cluster.Pds.Log.Bytes), (run.Counts.Requests, run.Counts.Bytes));
    }

    [Fact]
    public async Task CatchUp_TwoHosts_EachIsListed()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = Users, PostsPerUser = 1 });
        await using var other = await SamplePds.StartAsync(cluster.Pds.Plc);
        other.Host([.. cluster.Forum.Users.Where((_, i) => i % 2 == 0)]);
        await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Log.Clear();
        other.Log.Clear();

        await cluster.RunAsync(RunType.CatchUp);

        AssertListed(cluster.Pds);
        AssertListed(other);
    }

    public static TheoryData<string> Unwilling => ["501", "404", "502", "garbage", "other JSON", "endless", "strangers", "redirect"];

    static PdsFault FaultOf(string unwilling) => unwilling switch
    {
        "501" => PdsFault.Error(501, "MethodNotImplemented"),
        "404" => PdsFault.Html(404),
        "502" => PdsFault.Html(502),
        "garbage" => PdsFault.Garbage,
        "other JSON" => PdsFault.Json("""{"repos":"all of them"}"""),
        "endless" => PdsFault.Json("{\"repos\":[]," + new string(' ', 2_000_000) + "}"),
        "strangers" => PdsFault.Json($$"""
            {"cursor":"{{Guid.NewGuid()}}","repos":[{{string.Join(',', Enumerable.Range(0, 1_000).Select(i => $$"""{"did":"did:plc:stranger{{i}}","rev":"3jzfcijpj2z2a","active":true}"""))}}]}
            """),
        "redirect" => PdsFault.Redirect(new Uri("http://127.0.0.1:1/")),
        _ => throw new ArgumentOutOfRangeException(nameof(unwilling)),
    };

    [Theory, MemberData(nameof(Unwilling))]
    public async Task CatchUp_AHostWhoseListIsOfNoUse_IsAskedAboutEachAlone(string unwilling)
    {
        await using var cluster = await IndexedAsync();
        cluster.Pds.Fault = request => request.Method == ListRepos ? FaultOf(unwilling) : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, Users + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        // The forum has records of both phases, and is asked about in each.
        Assert.Equal((0, 1, Users + 2), Asked(cluster.Pds));
    }

    [Fact]
    public async Task CatchUp_AHostThatRefusesItsListWith429_CostsNoRepositoryAnAttempt()
    {
        await using var cluster = await IndexedAsync(options => options.MaxAttempts = 1);
        var refusals = 1;
        cluster.Pds.Fault = request => request.Method == ListRepos && Interlocked.Decrement(ref refusals) >= 0
            ? PdsFault.TooManyRequests(TimeSpan.FromSeconds(1))
            : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        // With one attempt, a failure would have given it up.
        Assert.True(run.Status is RunStatus.Completed, run.LastError);
        Assert.Equal((RunStatus.Completed, 0, Users + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from repos where attempts > 0 or last_error is not null"));
    }

    [Fact]
    public async Task CatchUp_ARepositoryTheListLeavesOut_IsAskedAboutAlone()
    {
        await using var cluster = await IndexedAsync();
        var left = LastOf(cluster);
        left.Add(ForumRecords.Post, New);
        cluster.Pds.Fault = request => request.Method == ListRepos
            ? PdsFault.Edited(body => body["repos"]!.AsArray().RemoveAll(item => (string?)item!["did"] == left.Did))
            : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((1, 0), (run.Counts.Indexed, run.Counts.Failed));
        // Alone in any case: among the first few, or because the list does not have it.
        Assert.Contains(cluster.Pds.Log.Snapshot(), request => request.Method == GetLatestCommit && request.Did == left.Did);
        Assert.InRange(Asked(cluster.Pds).Commits, 4, 6);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Theory]
    [InlineData(AccountState.Deactivated, "deactivated")]
    [InlineData(AccountState.TakenDown, "takendown")]
    public async Task CatchUp_ARepositoryListedAsInactive_IsAskedAboutAloneAndSettled(AccountState state, string status)
    {
        await using var cluster = await IndexedAsync();
        var off = LastOf(cluster);
        cluster.Pds.SetState(off.Did, state);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, 0), (run.Status, run.Counts.Failed, run.Counts.Deleted));
        Assert.Equal(status, await cluster.Database.ScalarAsync($"select status from users where did = '{off.Did}'"));
        AssertListed(cluster.Pds, alone: 1);
    }

    [Fact]
    public async Task CatchUp_AListedRevHasMoved_ReadsThatRepositoryAlone()
    {
        await using var cluster = await IndexedAsync();
        var busy = LastOf(cluster);
        busy.Add(ForumRecords.Post, New);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal(1, run.Counts.Indexed);
        Assert.InRange(Asked(cluster.Pds).Commits, 4, 5);
        Assert.All(cluster.Pds.Log.Snapshot().Where(request => request.IsListing), request => Assert.Equal(busy.Did, request.Did));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task CatchUp_AChangeAfterTheListing_IsSeenByTheNextRun()
    {
        await using var cluster = await IndexedAsync();
        var busy = LastOf(cluster);
        var before = busy.Rev.Value;
        cluster.Pds.Fault = request => request switch
        {
            { Method: ListRepos, Cursor: null } => PdsFault.Edited(_ => busy.Add(ForumRecords.Post, New)),
            // Asked alone, as it is where it is among the first, it is told what the list says.
            { Method: GetLatestCommit } when request.Did == busy.Did => PdsFault.Json($$"""{"cid":"bafyreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq","rev":"{{before}}"}"""),
            _ => null,
        };
        await cluster.RunAsync(RunType.CatchUp);
        Assert.Single(await cluster.DifferencesAsync());

        cluster.Pds.Fault = null;
        var second = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal(1, second.Counts.Indexed);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task CatchUp_TheHostIsBusy_ComesBackToItsList()
    {
        await using var cluster = await IndexedAsync(options => options.Concurrency = 8);
        var asked = 0;
        cluster.Pds.Fault = request => request.Method == ListRepos && Interlocked.Increment(ref asked) == 1
            ? PdsFault.TooManyRequests(TimeSpan.FromSeconds(1))
            : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, Users + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        var (pages, lists, commits) = Asked(cluster.Pds);
        Assert.Equal(0, pages);
        Assert.InRange(lists, 2, 3);
        // Those who were told of it ask for themselves the next time, and no more than the window held. Of the first four, which ask for themselves, the same pause
        // may send some away before they have: they find themselves listed.
        Assert.InRange(commits, 1, 5 + 8);
    }

    /// <summary>Its host's turn comes later, as it mostly does on a host with many: what it was told before is not asked for again.</summary>
    [Fact]
    public async Task CatchUp_SentAwayBeforeItsFirstPage_KeepsTheRevItWasTold()
    {
        var isCrowded = false;
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = Users, PostsPerUser = 1 }, decorate: pdses => new CrowdedPds(pdses, () => isCrowded));
        await cluster.RunAsync(RunType.FullSync);
        foreach (var user in cluster.Forum.Users)
            user.Add(ForumRecords.Post, New);
        cluster.Pds.Log.Clear();
        isCrowded = true;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, Users, 0), (run.Status, run.Counts.Indexed, run.Counts.Failed));
        var (_, lists, commits) = Asked(cluster.Pds);
        Assert.InRange(lists, 1, 2);
        Assert.InRange(commits, 4, 5);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>Sends everybody away once before the first page.</summary>
    sealed class CrowdedPds(IRepoClient inner, Func<bool> isCrowded) : IRepoClient
    {
        readonly ConcurrentDictionary<Did, bool> sentAway = [];

        public Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken) =>
            isCrowded() && sentAway.TryAdd(query.Did, true)
                ? throw new AtProtoException(AtProtoFailure.RateLimited, "not its turn") { RetryAt = TimeProvider.System.GetUtcNow().AddMilliseconds(50) }
                : inner.ListRecordsAsync(pds, query, cancellationToken);

        public Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken) => inner.GetLatestCommitAsync(pds, did, cancellationToken);

        public Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken) => inner.GetRepoStatusAsync(pds, did, cancellationToken);

        public Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken) => inner.ListReposAsync(pds, cursor, cancellationToken);
    }

    [Fact]
    public async Task SyncNow_OfManyRepositories_IsNotAnsweredFromAList()
    {
        await using var cluster = await IndexedAsync();

        foreach (var did in cluster.UserDids.Take(8))
            Assert.IsType<RepoOutcome.Completed>((await cluster.RepoOf(did).SyncNowAsync(cluster.Forum.Forum.Did, TestContext.Current.CancellationToken)).Outcome);

        Assert.Equal((0, 8), (Asked(cluster.Pds).Lists, Asked(cluster.Pds).Commits));
    }
}
