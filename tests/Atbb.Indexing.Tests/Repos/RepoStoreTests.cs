using System.Data.Common;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Npgsql;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Repos;

public sealed class RepoStoreTests : IndexTests
{
    static readonly RepoScope Users = new RepoScope.KnownUsers(RunId: 1);
    static readonly RepoScope All = new RepoScope.KnownRepositories(RunId: 1);

    [Theory, MemberData(nameof(Kinds))]
    public async Task LoadAsync_Unknown_IsVersionZero(DatabaseKind kind)
    {
        var state = await Repos(await OpenAsync(kind)).LoadAsync(Alice, Token);

        Assert.Equal(new RepoState { Did = Alice }, state);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddPendingAsync_NewAndKnown_AddsTheNewOnes(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var repos = Repos(database);
        var known = await Store(database).WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);

        Assert.Equal(1, await repos.AddPendingAsync([Bob, Alice, Bob], underWay: null, Token));
        Assert.Equal(0, await repos.AddPendingAsync([Bob, Alice], underWay: null, Token));

        Assert.Equal(known.Repo, await repos.LoadAsync(Alice, Token));
        var bob = await repos.LoadAsync(Bob, Token);
        Assert.Equal(new RepoState { Did = Bob, Status = RepoStatus.Pending, Version = 1 }, bob);
        Assert.False((await Store(database).WriteAsync(Batch(bob, Post, Topic(Bob, "b")), Token)).IsStale);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddPendingAsync_ManyFromSeveralCallers_AddsEachOnce(DatabaseKind kind)
    {
        var repos = Repos(await OpenAsync(kind));
        var dids = Enumerable.Range(0, 5_200).Select(i => $"did:plc:{i}").ToList();

        var added = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => repos.AddPendingAsync(dids, underWay: null, Token)));

        Assert.Equal(5_200, added.Sum());
        Assert.Equal(5_200, await repos.CountAsync(All, Token));
    }

    [Fact]
    public async Task LoadAsync_TablesThatPostgresKnowsNothingOf_LooksUpAndReadsNobodyElses()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        // As in the first minute of a first sync: rows, and no statistics.
        await database.ExecuteAsync("alter table repos set (autovacuum_enabled = false)");
        await database.ExecuteAsync("alter table repo_cursors set (autovacuum_enabled = false)");
        await database.ExecuteAsync("insert into repos (did, status, version, updated_at) select 'did:plc:' || n, 'active', 1, now() from generate_series(1, 5000) n");
        await database.ExecuteAsync("""
            insert into repo_cursors (did, collection, run_id, listing_order, is_complete)
            select did, collection, 1, 'ascending', true from repos, (values ('space.atbb.membership'), ('space.atbb.post')) as c (collection)
            """);
        var repos = Repos(database);

        var loaded = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => repos.LoadAsync($"did:plc:{i}", Token)));

        Assert.All(loaded, state => Assert.Equal(2, state.Collections.Count));
        // PostgreSQL counts a connection's scans when it ends.
        ((NpgsqlDataSource)database.Index.Index).Clear();
        while (await database.NumberAsync("select count(*) from pg_stat_user_tables where relname = 'repo_cursors' and seq_scan = 0 and idx_scan < 20") == 1)
            await Task.Delay(20, Token);
        Assert.Equal(0, await database.NumberAsync("select seq_scan from pg_stat_user_tables where relname = 'repo_cursors'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task LoadAsync_ManyTogether_EachGetsItsOwn(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (repos, store) = (Repos(database), Store(database));
        var written = await Task.WhenAll(Enumerable.Range(0, 1_100).Where(i => i % 2 == 0).Select(i =>
            store.WriteAsync(Batch(Begun(Repo($"did:plc:{i}"), Post), Post, Topic($"did:plc:{i}", "a")), Token)));
        await store.WriteAsync(Batch(Begun(written[0].Repo, Membership), Membership), Token);

        // More than go into one query, each asked for twice, half of them unknown.
        var loaded = await Task.WhenAll(Enumerable.Range(0, 2_200).Select(i => repos.LoadAsync($"did:plc:{i % 1_100}", Token)));

        Assert.Equal(Enumerable.Range(0, 2_200).Select(i => $"did:plc:{i % 1_100}"), loaded.Select(state => state.Did));
        Assert.All(loaded, state => Assert.Equal(int.Parse(state.Did[8..], null) % 2 == 0, state.Version > 0));
        Assert.Equal([Membership, Post], loaded[0].Collections.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([Post], loaded[2].Collections.Keys);
        Assert.Equal(written[1].Repo, loaded[2] with { Collections = written[1].Repo.Collections });
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task LoadAsync_TheDatabaseIsBroken_ThrowsAndTheNextWorks(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var repos = Repos(database);
        await database.ExecuteAsync("alter table repos rename to elsewhere");

        var failed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Assert.ThrowsAnyAsync<DbException>(() => repos.LoadAsync($"did:plc:{i}", Token))));
        await database.ExecuteAsync("alter table elsewhere rename to repos");

        Assert.Equal(20, failed.Length);
        Assert.Equal(new RepoState { Did = Alice }, await repos.LoadAsync(Alice, Token));
    }

    /// <summary>Asked together, one that no database can store must not cost the others their answer.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task LoadAsync_BesideATextThatIsNoDid_IsAnswered(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var repos = Repos(database);
        await repos.AddPendingAsync([Alice], underWay: null, Token);

        var loaded = await Task.WhenAll(new[] { "did:plc:a\0b", Alice, "did:plc:\ud800", "", "did:plc:\"'" }.Select(did => repos.LoadAsync(did, Token)));

        Assert.Equal([0, 1, 0, 0, 0], loaded.Select(state => (int)state.Version));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task PageAsync_OfUsers_HasWhoeverExistsAndWhatTheRunHasBeenAt(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var repos = Repos(database);
        await repos.AddPendingAsync([.. "abcdefgh".Select(it => $"did:plc:{it}")], underWay: null, Token);
        foreach (var (did, status) in new[] { ("a", "deactivated"), ("b", "active"), ("c", "takendown"), ("d", "suspended"), ("e", "deleted"), ("f", "notfound"), ("g", "notfound") })
            await database.ExecuteAsync($"update repos set status = '{status}' where did = 'did:plc:{did}'");
        await database.ExecuteAsync("update repos set last_run_id = 1 where did = 'did:plc:g'");
        foreach (var did in "bfz")
            await database.ExecuteAsync($"insert into users (did, indexed_at) values ('did:plc:{did}', '2026-01-01T00:00:00Z')");

        var pages = new List<string>();
        for (string? after = null; await repos.PageAsync(Users, after, 2, Token) is [.., var last] page; after = last)
            pages.Add(string.Join(' ', page.Select(did => did[^1])));

        Assert.Equal(["a b", "c d", "e f", "g z"], pages);
        Assert.Equal(8, await repos.CountAsync(Users, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task OursAmongAsync_OfAll_NamesThoseOfTheHostAndWhetherTheRunIsDoneWithThem(DatabaseKind kind)
    {
        const string Pds = "https://pds.example";
        var database = await OpenAsync(kind);
        var (repos, store) = (Repos(database), Store(database));
        async Task WriteAsync(string did, long run, bool isSettled, int phase = 2, string? pds = Pds) =>
            await store.WriteAsync(Batch(Repo(did, run) with { IsSettled = isSettled, Phase = phase, Pds = pds }, Post, Topic(did, "a")), Token);
        await WriteAsync("did:plc:earlier", run: 2, isSettled: true);
        await WriteAsync("did:plc:begun", run: 3, isSettled: false);
        await WriteAsync("did:plc:settled", run: 3, isSettled: true);
        await WriteAsync("did:plc:forum", run: 3, isSettled: true, phase: 1);
        await WriteAsync("did:plc:notasked", run: 2, isSettled: true);
        await WriteAsync("did:plc:elsewhere", run: 2, isSettled: true, pds: "https://other.example");
        await WriteAsync("did:plc:settledelsewhere", run: 3, isSettled: true, pds: "https://other.example");
        await repos.AddPendingAsync(["did:plc:pending"], underWay: null, Token);
        await database.ExecuteAsync("insert into users (did, indexed_at) values ('did:plc:user', '2026-01-01T00:00:00Z')");

        var ours = await repos.OursAmongAsync(
            3, phase: 2, Pds,
            [
                "did:plc:earlier", "did:plc:begun", "did:plc:forum", "did:plc:settled", "did:plc:pending", "did:plc:user", "did:plc:stranger", "did:plc:earlier", "did:plc:elsewhere",
                "did:plc:settledelsewhere",
            ],
            Token);

        Assert.Equal(
            ["did:plc:begun False", "did:plc:earlier False", "did:plc:forum False", "did:plc:pending False", "did:plc:settled True", "did:plc:user False"],
            ours.Select(repo => $"{repo.Key} {repo.Value}").Order(StringComparer.Ordinal));
        Assert.Empty(await repos.OursAmongAsync(3, phase: 2, Pds, [], Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task PageAsync_BothScopes_WalkByBytesAndMissNone(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (repos, store) = (Repos(database), Store(database));
        foreach (var did in new[] { "did:plc:b", "did:plc:B", "did:plc:a-b", "did:plc:a", "did:plc:a_b" })
            await store.WriteAsync(Batch(Repo(did), Post, Topic(did, "a")), Token);
        // A user whom the AppView knows and no run has read.
        await database.ExecuteAsync("insert into users (did, indexed_at) values ('did:plc:ab', '2026-01-01T00:00:00Z')");
        await repos.AddPendingAsync(["did:plc:Z", "did:plc:z"], underWay: null, Token);

        string[] users = ["did:plc:B", "did:plc:a", "did:plc:a-b", "did:plc:a_b", "did:plc:ab", "did:plc:b"];
        string[] all = ["did:plc:B", "did:plc:Z", .. users[1..], "did:plc:z"];
        Assert.Equal(users, await WalkAsync(repos, Users));
        Assert.Equal(all, await WalkAsync(repos, All));
        Assert.Equal((6, 8), (await repos.CountAsync(Users, Token), await repos.CountAsync(All, Token)));
    }

    static RepoState Begun(RepoState repo, string collection) =>
        repo with { Collections = repo.Collections.SetItem(collection, new CollectionState { Collection = collection, RunId = 1 }) };

    static async Task<List<string>> WalkAsync(RepoStore repos, RepoScope scope)
    {
        var walked = new List<string>();
        while (await repos.PageAsync(scope, walked.LastOrDefault(), 2, Token) is { Count: > 0 } page)
            walked.AddRange(page);
        return walked;
    }
}
