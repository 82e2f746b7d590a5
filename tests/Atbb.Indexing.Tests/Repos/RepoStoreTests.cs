using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Repos;

public sealed class RepoStoreTests : IndexTests
{
    static readonly RepoScope Users = new RepoScope.KnownUsers();
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

        Assert.Equal(1, await repos.AddPendingAsync([Bob, Alice, Bob], Token));
        Assert.Equal(0, await repos.AddPendingAsync([Bob, Alice], Token));

        Assert.Equal(known.Repo, await repos.LoadAsync(Alice, Token));
        var bob = await repos.LoadAsync(Bob, Token);
        Assert.Equal(new RepoState { Did = Bob, Status = RepoStatus.Pending, Version = 1 }, bob);
        Assert.False((await Store(database).WriteAsync(Batch(bob, Post, Topic(Bob, "b")), Token)).IsStale);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AddPendingAsync_ManyFromSeveralCallers_AddsEachOnce(DatabaseKind kind)
    {
        var repos = Repos(await OpenAsync(kind));
        var dids = Enumerable.Range(0, 1_200).Select(i => $"did:plc:{i}").ToList();

        var added = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => repos.AddPendingAsync(dids, Token)));

        Assert.Equal(1_200, added.Sum());
        Assert.Equal(1_200, await repos.CountAsync(All, Token));
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
        await repos.AddPendingAsync(["did:plc:Z", "did:plc:z"], Token);

        string[] users = ["did:plc:B", "did:plc:a", "did:plc:a-b", "did:plc:a_b", "did:plc:ab", "did:plc:b"];
        string[] all = ["did:plc:B", "did:plc:Z", .. users[1..], "did:plc:z"];
        Assert.Equal(users, await WalkAsync(repos, Users));
        Assert.Equal(all, await WalkAsync(repos, All));
        Assert.Equal((6, 8), (await repos.CountAsync(Users, Token), await repos.CountAsync(All, Token)));
    }

    static async Task<List<string>> WalkAsync(RepoStore repos, RepoScope scope)
    {
        var walked = new List<string>();
        while (await repos.PageAsync(scope, walked.LastOrDefault(), 2, Token) is { Count: > 0 } page)
            walked.AddRange(page);
        return walked;
    }
}
