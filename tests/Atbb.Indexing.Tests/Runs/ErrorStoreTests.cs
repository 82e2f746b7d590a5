using System.Collections.Immutable;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Runs;

public sealed class ErrorStoreTests : IndexTests
{
    ErrorStore Errors(TestDatabase database) => new(database.Index, Time);

    static RecordBatch Down(RepoState repo) =>
        new() { Repo = repo with { IsSettled = true, LastError = "down" }, Failure = new RecordFailure(null, null, null, "unreachable", "down") };

    static SourceRecord Spoilt(string did, string rkey) => Record(did, Post, rkey, new { text = 7 });

    /// <summary>A whole pass over the posts, in one page.</summary>
    RecordBatch Pass(RepoState repo, long run, params IReadOnlyList<SourceRecord> records) => new()
    {
        Repo = repo with
        {
            RunId = run,
            Status = RepoStatus.Active,
            IsSettled = true,
            SyncedAt = Time.GetUtcNow(),
            RetryAfter = null,
            LastError = null,
            Counts = default,
            Collections = ImmutableDictionary<string, CollectionState>.Empty.Add(Post, new CollectionState { Collection = Post, RunId = run, IsComplete = true }),
        },
        Collection = Post,
        Records = records,
        Range = Everything,
    };

    async Task<IReadOnlyList<string>> LeftAsync(TestDatabase database)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        await Errors(database).ClearOvertakenAsync(did: null, Token);
        return [.. (await database.QueryAsync("select backfill_id, did, uri from backfill_errors order by backfill_id, did, uri")).Select(row => $"{row[0]} {row[1]} {row[2]}".Trim())];
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_ARecordThatALaterPassIndexed_ClearsItAndKeepsWhatFailedAgain(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Pass(Repo(Alice), 5, Spoilt(Alice, "a"), Spoilt(Alice, "b")), Token);
        Assert.Equal([$"5 {Alice} {Uri(Alice, Post, "a")}", $"5 {Alice} {Uri(Alice, Post, "b")}"], await LeftAsync(database));

        await store.WriteAsync(Pass(first.Repo, 6, Topic(Alice, "a"), Spoilt(Alice, "b")), Token);

        Assert.Equal([$"5 {Alice} {Uri(Alice, Post, "b")}", $"6 {Alice} {Uri(Alice, Post, "b")}"], await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_APassThatHasNotEnded_ClearsNothing(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Pass(Repo(Alice), 5, Spoilt(Alice, "a")), Token);
        var half = Pass(first.Repo, 6, Topic(Alice, "z"));
        await store.WriteAsync(
            half with { Range = null, Repo = half.Repo with { IsSettled = false, Collections = half.Repo.Collections.SetItem(Post, half.Repo.Collections[Post] with { IsComplete = false }) } },
            Token);

        Assert.Single(await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_ARepositoryThatWasReadLater_ClearsItsErrorAndNotOthers(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        await store.WriteAsync(Down(Repo(Bob, run: 5)), Token);
        Assert.Equal(2, (await LeftAsync(database)).Count);

        await store.WriteAsync(Pass(first.Repo, 6, Topic(Alice, "a")), Token);

        Assert.Equal([$"5 {Bob}"], await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_ASyncByHandOfBefore_ClearsNothingAndOneOfAfterDoes(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        // The posts are what is read last.
        RecordBatch ByHand(RepoState repo) => Pass(repo, ErrorStore.ByHand);

        var alice = await store.WriteAsync(ByHand(Repo(Alice)), Token);
        var bob = await store.WriteAsync(ByHand(Repo(Bob)), Token);
        Time.Advance(TimeSpan.FromSeconds(1));
        alice = await store.WriteAsync(
            new RecordBatch { Repo = alice.Repo with { RunId = 9, IsSettled = true, LastError = "loop" }, Failure = new RecordFailure(Post, null, null, "cursor_loop", "loop") }, Token);
        // Of the grain, not of the repository, whose row says nothing of it.
        await Errors(database).AddAsync(9, Bob, "not_answered", "no answer", Token);
        Assert.Equal([$"9 {Alice}", $"9 {Bob}"], await LeftAsync(database));

        await store.WriteAsync(ByHand(alice.Repo), Token);
        await store.WriteAsync(ByHand(bob.Repo), Token);

        Assert.Empty(await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_ARepositoryThatFailedAgainOrWaits_KeepsItsError(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        var bob = await store.WriteAsync(Down(Repo(Bob, run: 5)), Token);
        Time.Advance(TimeSpan.FromSeconds(1));
        await store.WriteAsync(Down(alice.Repo with { RunId = 6 }), Token);
        // Tried by hand, beside the run it is settled in.
        await store.WriteAsync(new RecordBatch { Repo = bob.Repo with { RetryAfter = Time.GetUtcNow().AddHours(1) } }, Token);

        Assert.Equal([$"5 {Alice}", $"5 {Bob}", $"6 {Alice}"], await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_AnAccountWhoseStateIsKnownNow_IsNoErrorAnyMore(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        var bob = await store.WriteAsync(Pass(Repo(Bob), 5, Spoilt(Bob, "a")), Token);
        Time.Advance(TimeSpan.FromSeconds(1));
        await store.WriteAsync(new RecordBatch { Repo = alice.Repo with { RunId = 6, Status = RepoStatus.Takendown, LastError = "taken down" } }, Token);
        await store.WriteAsync(
            new RecordBatch { Repo = bob.Repo with { RunId = 6, Status = RepoStatus.Deleted, LastError = "gone", Collections = bob.Repo.Collections.Clear() }, RemoveRows = true }, Token);

        Assert.Empty(await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ClearOvertaken_AfterTheClockWasSetBack_GoesByTheRunAndNotByTheTime(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        var bob = await store.WriteAsync(Down(Repo(Bob, run: 5)), Token);
        var gone = await store.WriteAsync(Down(Repo("did:plc:gone", run: 5)), Token);
        var down = await store.WriteAsync(Down(Repo("did:plc:down", run: 5)), Token);
        Time.AdjustTime(Time.GetUtcNow().AddHours(-1));

        await store.WriteAsync(Pass(alice.Repo, 6, Topic(Alice, "a")), Token);
        await store.WriteAsync(new RecordBatch { Repo = bob.Repo with { RunId = 6, Status = RepoStatus.Takendown, LastError = "taken down" } }, Token);
        await store.WriteAsync(new RecordBatch { Repo = gone.Repo with { RunId = 6, Status = RepoStatus.Deleted, LastError = "gone" }, RemoveRows = true }, Token);
        await store.WriteAsync(Down(down.Repo with { RunId = 6, Status = RepoStatus.Takendown }), Token);

        Assert.Equal(["5 did:plc:down", "6 did:plc:down"], await LeftAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task PageDids_OfARun_NamesEachRepositoryOnceInTheOrderOfItsBytes(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, errors) = (Store(database), Errors(database));
        await store.WriteAsync(Pass(Repo(Bob), 5, Spoilt(Bob, "a"), Spoilt(Bob, "b")), Token);
        await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        await store.WriteAsync(Down(Repo("did:plc:Zoe", run: 5)), Token);
        await store.WriteAsync(Down(Repo(Forum, run: 6)), Token);

        Assert.Equal(["did:plc:Zoe", Alice], await errors.PageDidsAsync(5, retryId: 7, afterDid: null, limit: 2, Token));
        Assert.Equal([Bob], await errors.PageDidsAsync(5, 7, Alice, limit: 2, Token));
        Assert.Empty(await errors.PageDidsAsync(5, 7, Bob, limit: 2, Token));
        Assert.Equal(3, await errors.CountDidsAsync(5, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task PageDids_ErrorsClearedSinceTheRetryWasAtThem_StillNamesTheirRepositories(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (store, errors) = (Store(database), Errors(database));
        await store.WriteAsync(Down(Repo(Alice, run: 5)), Token);
        var bob = await store.WriteAsync(Pass(Repo(Bob), 5, Spoilt(Bob, "a")), Token);

        // Read by the retry; a sync by hand clears what a kill of the retry then finds gone.
        await store.WriteAsync(Pass(bob.Repo, 7), Token);
        await errors.ClearOvertakenAsync(Bob, Token);

        Assert.Single(await LeftAsync(database));
        Assert.Equal([Alice, Bob], await errors.PageDidsAsync(5, retryId: 7, afterDid: null, limit: 9, Token));
        Assert.Equal([Alice], await errors.PageDidsAsync(5, retryId: 8, afterDid: null, limit: 9, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Describe_WhatFailedAgainInALaterRun_IsOneErrorAndTheLatest(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Pass(Repo(Alice), 5, Spoilt(Alice, "a"), Spoilt(Alice, "b")), Token);
        await store.WriteAsync(Pass(first.Repo, 6, Spoilt(Alice, "a")), Token);
        await store.WriteAsync(Pass(Repo(Bob), 6, Spoilt(Bob, "a")), Token);

        var contents = await Errors(database).DescribeAsync(Alice, limit: 9, Token);

        Assert.Equal(2, contents.OpenErrors);
        Assert.Equal([(6L, Uri(Alice, Post, "a")), (5L, Uri(Alice, Post, "b"))], contents.Errors.Select(error => (error.BackfillId, error.Uri!)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Add_Twice_IsOneErrorWithTwoAttempts(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);

        await Errors(database).AddAsync(5, Alice, "not_answered", "no\0answer", Token);
        await Errors(database).AddAsync(5, Alice, "not_answered", "none", Token);

        var error = Assert.Single(await new RunStore(database.Index, Time).ListErrorsAsync(new RunErrorQuery(5), Token));
        Assert.Equal((Alice, null, null, "not_answered", "none", 2), (error.Did, error.Collection, error.Uri, error.Kind, error.ErrorMessage, error.Attempts));
    }
}
