using Atbb.AtProto.Syntax;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Discovery;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Discovery;

public sealed class DiscoveryStoreTests : IndexTests
{
    const string Relay = "https://relay.example";
    const long Run = 7;

    static readonly string Known = Web("known");

    static string Web(string name) => $"did:web:{name}.example";

    static Did[] Dids(params string[] names) => [.. names.Select(name => Did.Parse(Web(name)))];

    DiscoveryStore Discovery(TestDatabase database) => new(database.Index, Time);

    static async Task<IReadOnlyList<string>> FoundAsync(RepoStore repos, int round, long run = Run) =>
        await repos.PageAsync(new RepoScope.Found(run, round), null, 100, Token);

    [Theory, MemberData(nameof(Kinds))]
    public async Task SaveAsync_APage_KeepsItsPlaceAndAddsWhoIsNew(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, repos) = (Discovery(database), Repos(database));
        await repos.AddPendingAsync([Known], underWay: null, Token);
        // A user whom the AppView knows: the run reads it among those it knows.
        await database.ExecuteAsync("insert into users (did, indexed_at) values ('did:web:user.example', '2026-01-01T00:00:00Z')");
        var listing = await store.LoadAsync(Run, Relay, Post, Token);
        Assert.Equal(new RelayListing { RunId = Run, Relay = Relay, Collection = Post }, listing);

        var saved = await store.SaveAsync(
            listing with { Cursor = "c", DidsListed = 5, DidsSkipped = 1, Requests = 2, Bytes = 90 }, [.. Dids("z", "known", "user", "a", "z"), Did.Parse("did:plc:short")], round: 1, Token);
        var again = await store.SaveAsync(saved with { Cursor = "d" }, Dids("a", "b"), round: 1, Token);

        Assert.Equal((2, 3), (saved.DidsFound, again.DidsFound));
        Assert.Equal(again, await store.LoadAsync(Run, Relay, Post, Token));
        Assert.Equal([Web("a"), Web("b"), Web("z")], await FoundAsync(repos, round: 1));
        Assert.Equal(new RepoState { Did = Web("a"), Status = RepoStatus.Pending, Version = 1, FoundByRun = Run }, await repos.LoadAsync(Web("a"), Token));
        Assert.Equal([Known, Web("user")], await repos.PageAsync(new RepoScope.KnownRepositories(Run), null, 100, Token));
        Assert.Equal((2, 3), (await repos.CountAsync(new RepoScope.KnownRepositories(Run), Token), await repos.CountAsync(new RepoScope.Found(Run, 1), Token)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddPending_FoundByTheRunUnderWay_StaysInItsRound(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, repos) = (Discovery(database), Repos(database));
        await store.SaveAsync(new RelayListing { RunId = Run, Relay = Relay, Collection = Post }, Dids("a"), round: 1, Token);

        Assert.Equal(0, await repos.AddPendingAsync([Web("a")], underWay: Run, Token));
        Assert.Equal([Web("a")], await FoundAsync(repos, round: 1));
        Assert.Empty(await repos.PageAsync(new RepoScope.KnownRepositories(Run), null, 100, Token));

        Assert.Equal(0, await repos.AddPendingAsync([Web("a")], underWay: null, Token));
        Assert.Empty(await FoundAsync(repos, round: 1));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task LoadAsync_ByAnotherRun_IsAtItsBeginning(DatabaseKind kind)
    {
        var store = Discovery(await OpenAsync(kind));
        var listing = new RelayListing { RunId = Run, Relay = Relay, Collection = Post, Cursor = "c", Requests = 3 };
        await store.SaveAsync(listing, [], 1, Token);

        var next = await store.LoadAsync(Run + 1, Relay, Post, Token);
        await store.SaveAsync(next with { Requests = 1, Bytes = 5 }, [], 1, Token);

        Assert.Null(next.Cursor);
        Assert.Equal((new RepoCounts { Requests = 1, Bytes = 5 }, default), (await store.SpentAsync(Run + 1, Token), await store.SpentAsync(Run, Token)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ListShortAsync_AListingThatNamesFewerThanAreHeld_IsNamedWithBothNumbers(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, records) = (Discovery(database), Store(database));
        foreach (var did in new[] { Alice, Bob })
        {
            await records.WriteAsync(Batch(Repo(did), Post, Topic(did, "a")), Token);
            await database.ExecuteAsync($"insert into repo_cursors (did, collection, run_id, last_rkey, listing_order, is_complete) values ('{did}', '{Post}', {Run}, 'a', 'ascending', true)");
        }

        await store.SaveAsync(new() { RunId = Run, Relay = Relay, Collection = Post, Status = RelayListing.Completed, DidsListed = 1 }, [], 1, Token);
        await store.SaveAsync(new() { RunId = Run, Relay = "https://whole.example", Collection = Post, Status = RelayListing.Completed, DidsListed = 2 }, [], 1, Token);
        await store.SaveAsync(new() { RunId = Run, Relay = "https://going-on.example", Collection = Post }, [], 1, Token);

        Assert.Equal([new ShortListing { Relay = Relay, Collection = Post, Listed = 1, Held = 2 }], await store.ListShortAsync(Run, Token));
        Assert.Empty(await store.ListShortAsync(Run + 1, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Scopes_WhoIsFoundByARun_IsKnownToTheNext(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, repos) = (Discovery(database), Repos(database));
        await store.SaveAsync(new() { RunId = Run, Relay = Relay, Collection = Post }, Dids("known"), round: 1, Token);
        // Seen meanwhile, in the first phase: still in the round it was found for, and in no other.
        await Store(database).WriteAsync(Batch(await repos.LoadAsync(Known, Token), Post, Topic(Known, "a")), Token);

        Assert.Empty(await repos.PageAsync(new RepoScope.KnownRepositories(Run), null, 100, Token));
        Assert.Equal(0, await repos.CountAsync(new RepoScope.KnownRepositories(Run), Token));
        Assert.Equal([Known], await FoundAsync(repos, round: 1));
        Assert.Equal([Known], await repos.PageAsync(new RepoScope.KnownRepositories(Run + 1), null, 100, Token));
        Assert.Empty(await FoundAsync(repos, round: 1, run: Run + 1));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task GiveUpAsync_AListing_EndsItWithOneErrorOfTheRun(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Discovery(database);
        var listing = new RelayListing { RunId = Run, Relay = Relay, Collection = Post, Cursor = "c" };

        var ended = await store.GiveUpAsync(listing, "relay_unreachable", "No answer.", Token);
        await store.GiveUpAsync(listing, "relay_unreachable", "No answer.", Token);

        Assert.True(ended.IsEnded);
        Assert.Equal(ended, await store.LoadAsync(Run, Relay, Post, Token));
        var error = Assert.Single(await new RunStore(database.Index, Time).ListErrorsAsync(new RunErrorQuery(Run), Token));
        Assert.Equal((null, Post, Relay, "relay_unreachable", "No answer."), (error.Did, error.Collection, error.Uri, error.Kind, error.ErrorMessage));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddReferencedAsync_RecordsThatNameOthers_AddsWhoIsNotKnown(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, index, repos) = (Discovery(database), Store(database), Repos(database));
        static string PostOf(string name) => Uri(Web(name), Post, "1");
        await index.WriteAsync(Batch(Repo(Known), Post, Topic(Known, "1")), Token);
        var alice = await index.WriteAsync(
            Batch(Repo(Alice), Post, Reply(Alice, "1", PostOf("root"), PostOf("parent")), Reply(Alice, "2", PostOf("known"), PostOf("known"))), Token);
        await index.WriteAsync(
            Batch(alice.Repo, Membership, Record(Alice, Membership, "1", new { forum = new { forum = Ref(Uri(Web("club"), ForumRecord, "self")) } })), Token);
        await index.WriteAsync(
            Batch(
                Repo(Forum),
                ModAction,
                Record(Forum, ModAction, "1", new { action = "ban", subject = new { did = Web("subject") }, createdBy = Web("moderator"), createdAt = "2026-01-01T00:00:00Z" }),
                Record(Forum, ModAction, "2", new { action = "hide", subject = new { post = Ref(PostOf("hidden")) }, createdBy = Known, createdAt = "2026-01-01T00:00:00Z" }),
                Record(Forum, ModAction, "3", new { action = "ban", subject = new { did = "zzz not a DID" }, createdBy = "did:plc:short", createdAt = "2026-01-01T00:00:00Z" })),
            Token);

        Assert.Equal(6, await store.AddReferencedAsync(Run, round: 2, 100, Token));
        Assert.Equal(0, await store.AddReferencedAsync(Run, round: 3, 100, Token));

        Assert.Equal(
            [Web("club"), Web("hidden"), Web("moderator"), Web("parent"), Web("root"), Web("subject")], await FoundAsync(repos, round: 2));
        Assert.Empty(await FoundAsync(repos, round: 3));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task SaveAsync_OneThatExistsNowhere_IsReadByTheRunThatFoundItAndNotAgainForAWeek(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, index, repos) = (Discovery(database), Store(database), Repos(database));
        var listing = new RelayListing { RunId = Run, Relay = Relay, Collection = Post };
        await store.SaveAsync(listing, Dids("known"), round: 1, Token);
        var nowhere = await repos.LoadAsync(Known, Token);
        Assert.True(nowhere.IsHearsay);
        await index.WriteAsync(new() { Repo = nowhere with { RunId = Run, Status = RepoStatus.NotFound, IsSettled = true } }, Token);
        Task<RelayListing> NamedByAsync(long run) => store.SaveAsync(listing with { RunId = run }, Dids("known"), round: 1, Token);

        // A resume of the run that has looked it up counts it again; no other run reads it, though it be named again.
        Assert.Equal([Known], await FoundAsync(repos, round: 1));
        Assert.Empty(await repos.PageAsync(new RepoScope.KnownRepositories(Run + 1), null, 100, Token));
        Assert.Equal(0, await repos.CountAsync(new RepoScope.KnownRepositories(Run + 1), Token));
        Assert.Equal(0, (await NamedByAsync(Run + 1)).DidsFound);
        Time.Advance(DiscoveryStore.LookUpAgainAfter + TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await NamedByAsync(Run)).DidsFound);
        Assert.Equal(1, (await NamedByAsync(Run + 2)).DidsFound);
        Assert.Equal([Known], await FoundAsync(repos, round: 1, run: Run + 2));

        // Listed, it is no hearsay, and every run reads it.
        await repos.AddPendingAsync([Known], underWay: null, Token);
        Assert.False((await repos.LoadAsync(Known, Token)).IsHearsay);
        Assert.Equal([Known], await repos.PageAsync(new RepoScope.KnownRepositories(Run + 3), null, 100, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_ARelaysError_GoesWhenALaterRunHasReadThatListToItsEnd(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, errors) = (Discovery(database), new ErrorStore(database.Index, Time));
        var listing = new RelayListing { RunId = Run, Relay = Relay, Collection = Post };
        await store.GiveUpAsync(listing, "relay_unreachable", "No answer.", Token);
        await store.SaveAsync(listing with { RunId = Run + 1, Collection = Membership, Status = RelayListing.Completed }, [], 1, Token);
        Assert.Equal(0, await errors.ClearOvertakenAsync(did: null, Token));
        await store.SaveAsync(listing with { RunId = Run + 1 }, [], 1, Token);
        Assert.Equal(0, await errors.ClearOvertakenAsync(did: null, Token));

        await store.SaveAsync(listing with { RunId = Run + 1, Status = RelayListing.Completed }, [], 1, Token);

        Assert.Equal(1, await errors.ClearOvertakenAsync(did: null, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddReferencedAsync_MoreThanOnePage_AddsAll(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var replies = Enumerable.Range(0, 6_300).Select(i => Reply(Alice, $"{i}", Uri(Web($"r{i}"), Post, "1"), Uri(Web($"p{i}"), Post, "1")));
        await Store(database).WriteAsync(Batch(Repo(Alice), Post, [.. replies]), Token);

        Assert.Equal(12_600, await Discovery(database).AddReferencedAsync(Run, round: 1, 20_000, Token));
    }

    /// <summary>They are never noted, so that every look of every run would meet all of them again.</summary>
    [Fact]
    public async Task AddReferencedAsync_NamesThatCanHaveNoAccount_AreNotGoneThrough()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var replies = new[] { "did:example:someone", "did:plc:short", "did:plc:00000000000000000000aaaa", "did:key:z6mk", "did:web:localhost", "did:web:a.example:b", "did:web:a.example%3A80" }.Select((did, i) => Reply(Alice, $"{i}", Uri(did, Post, "1"), Uri(did, Post, "2")));
        await Store(database).WriteAsync(Batch(Repo(Alice), Post, [.. replies]), Token);
        await using var meter = new PostgresMeter(database.Address);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(meter.Url), NullLoggerFactory.Instance);

        Assert.Equal(0, await new DiscoveryStore(index, Time).AddReferencedAsync(Run, round: 1, 100, Token));

        Assert.Equal(1, meter.Traffic.Transactions);
    }
}
