using System.Collections.Immutable;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Repos;

public sealed class SettledReposTests : IndexTests
{
    const string Pds = "https://pds.example";
    const long Run = 7;
    static readonly Tid Rev = Tid.Parse("3jzfcijpj2z2a");
    static readonly Tid Later = Tid.Parse("3jzfcijpj2z2b");
    // An hour before it is now.
    static readonly DateTimeOffset ReadAt = new(2026, 11, 1, 11, 0, 0, TimeSpan.Zero);
    static readonly PhaseOfRun Phase = new(Run, 2, [Membership, Post]);

    SettledRepos Settled(TestDatabase database) => new(database.Index, Time);

    /// <summary>As an earlier run has left it: read to its end, up to <see cref="Rev"/>.</summary>
    static RepoState Read(string did, Func<RepoState, RepoState>? but = null)
    {
        var state = Repo(did, run: 6) with
        {
            Pds = Pds,
            Rev = Rev.Value,
            Phase = 2,
            IsSettled = true,
            IdentityAt = ReadAt,
            SyncedAt = ReadAt,
            Counts = new RepoCounts(1, 2, 3, 4, 5, 6, 7),
            Moves = 1,
            Collections = Phase.Collections.ToImmutableDictionary(
                collection => collection,
                collection => new CollectionState { Collection = collection, RunId = 6, IsComplete = true, Rev = Rev.Value }),
        };
        return but is null ? state : but(state);
    }

    static RepoState With(RepoState state, string collection, string? rev) =>
        state with { Collections = state.Collections.SetItem(collection, state.Collections[collection] with { Rev = rev }) };

    // Dictionaries are equal to themselves alone.
    static void AssertSame(RepoState expected, RepoState actual)
    {
        Assert.Equal(expected with { Collections = actual.Collections }, actual);
        Assert.Equivalent(expected.Collections, actual.Collections);
    }

    Task<IReadOnlySet<string>> SettleAsync(TestDatabase database, params IEnumerable<(string Did, Tid Rev)> listed) => Settled(database).SettleUnchangedAsync(
        Phase, Pds, listed.ToDictionary(repo => Did.Parse(repo.Did), repo => repo.Rev), ReadAt - TimeSpan.FromDays(1), Token);

    [Theory, MemberData(nameof(Kinds))]
    public async Task SettleUnchangedAsync_AtTheRevThatWasRead_IsAsItsGrainWouldHaveSettledIt(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var before = (await Store(database).WriteAsync(new() { Repo = Read(Alice) }, Token)).Repo;
        await Store(database).WriteAsync(new() { Repo = Read(Bob) }, Token);

        Assert.Equal([Alice], await SettleAsync(database, (Alice, Rev), ("did:plc:stranger", Rev)));

        var after = await Repos(database).LoadAsync(Alice, Token);
        Assert.Equal(Time.GetUtcNow(), after.SyncedAt);
        AssertSame(before with { RunId = Run, Counts = default, Moves = 0, SyncedAt = after.SyncedAt, Version = before.Version + 1 }, after);
        // Not listed, not settled; and a grain that has read the row before is told that it is of the past.
        Assert.Equal(6, (await Repos(database).LoadAsync(Bob, Token)).RunId);
        Assert.True((await Store(database).WriteAsync(Batch(before, Post, Topic(Alice, "a")), Token)).IsStale);
        Assert.Empty(await SettleAsync(database, (Alice, Rev)));
    }

    public static TheoryData<DatabaseKind, string> LeftToTheirGrains()
    {
        string[] why =
        [
            "another rev is listed", "a collection was read up to another rev", "a collection has no rev", "a collection was never read", "no rev is stored",
            "a pass is under way", "a pass by hand is under way", "this run has been at it", "a later run has been at it", "no run has been at it", "attempts", "a wait", "an error", "switched off", "not found", "never read",
            "on another host", "its document is old", "its document is of the future", "its document is to be read again",
        ];
        var data = new TheoryData<DatabaseKind, string>();
        foreach (var kind in TestDatabase.Kinds)
            foreach (var reason in why)
                data.Add(kind, reason);
        return data;
    }

    [Theory, MemberData(nameof(LeftToTheirGrains))]
    public async Task SettleUnchangedAsync_AnythingElse_IsLeftToItsGrain(DatabaseKind kind, string why)
    {
        var database = await OpenAsync(kind);
        var state = Read(Alice, repo => why switch
        {
            "another rev is listed" => repo,
            "a collection was read up to another rev" => With(repo, Post, Later.Value),
            "a collection has no rev" => With(repo, Membership, null),
            "a collection was never read" => repo with { Collections = repo.Collections.Remove(Membership) },
            "no rev is stored" => repo with { Rev = null },
            "a pass is under way" => repo with { IsSettled = false },
            "a pass by hand is under way" => repo with
            {
                Collections = repo.Collections.SetItem(Post, repo.Collections[Post] with { RunId = 0, IsComplete = false, Cursor = "a", LastRkey = "a" }),
            },
            "this run has been at it" => repo with { RunId = Run, Phase = 1 },
            "a later run has been at it" => repo with { RunId = Run + 1 },
            "no run has been at it" => repo with { RunId = null },
            "attempts" => repo with { Attempts = 1 },
            "a wait" => repo with { RetryAfter = ReadAt },
            "an error" => repo with { LastError = "of the last run" },
            "switched off" => repo with { Status = RepoStatus.Deactivated },
            "not found" => repo with { Status = RepoStatus.NotFound },
            "never read" => repo with { Status = RepoStatus.Pending },
            "on another host" => repo with { Pds = "https://other.example" },
            "its document is old" => repo with { IdentityAt = ReadAt - TimeSpan.FromDays(2) },
            "its document is of the future" => repo with { IdentityAt = ReadAt + TimeSpan.FromDays(1) },
            "its document is to be read again" => repo with { IdentityAt = null },
            _ => throw new ArgumentOutOfRangeException(nameof(why)),
        });
        await Store(database).WriteAsync(new() { Repo = state }, Token);
        await Store(database).WriteAsync(new() { Repo = Read(Bob) }, Token);
        var before = await Repos(database).LoadAsync(Alice, Token);

        Assert.Equal([Bob], await SettleAsync(database, (Alice, why == "another rev is listed" ? Later : Rev), (Bob, Rev)));

        AssertSame(before, await Repos(database).LoadAsync(Alice, Token));
    }

    /// <summary>Its grain is writing it just now: waiting for that, and it for us, would be a circle.</summary>
    [Fact]
    public async Task SettleUnchangedAsync_SomebodyIsWritingIt_PassesByAtOnce()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        foreach (var did in new[] { Alice, Bob })
            await Store(database).WriteAsync(new() { Repo = Read(did) }, Token);
        await using var connection = await database.Index.Index.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = $"update repos set attempts = attempts where did = '{Alice}'";
        await command.ExecuteNonQueryAsync(Token);

        Assert.Equal([Bob], await SettleAsync(database, (Alice, Rev), (Bob, Rev)));

        await transaction.RollbackAsync(Token);
        Assert.Equal([Alice], await SettleAsync(database, (Alice, Rev), (Bob, Rev)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CountsAmongAsync_OfAll_HasThoseThatThePhaseIsDoneWith(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        foreach (var (did, run, phase, isSettled) in new[] { ("settled", 7L, 2, true), ("begun", 7, 2, false), ("forum", 7, 1, true), ("earlier", 6, 2, true), ("notasked", 7, 2, true) })
            await Store(database).WriteAsync(new() { Repo = Read($"did:plc:{did}", repo => repo with { RunId = run, Phase = phase, IsSettled = isSettled }) }, Token);

        var counts = await Settled(database).CountsAmongAsync(Run, 2, ["did:plc:settled", "did:plc:begun", "did:plc:forum", "did:plc:earlier", "did:plc:stranger"], Token);

        Assert.Equal([KeyValuePair.Create("did:plc:settled", new RepoCounts(1, 2, 3, 4, 5, 6, 7))], counts);
        Assert.Empty(await Settled(database).CountsAmongAsync(Run, 2, [], Token));
    }
}
