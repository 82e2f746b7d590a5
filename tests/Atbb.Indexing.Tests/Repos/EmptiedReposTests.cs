using System.Collections.Immutable;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Repos;

public sealed class EmptiedReposTests : IndexTests
{
    EmptiedRepos Emptied(TestDatabase database) => new(database.Index, Time);

    /// <summary>A pass over the posts that has met these.</summary>
    static RecordBatch Pass(RepoState repo, long run, params IReadOnlyList<SourceRecord> records)
    {
        var read = new CollectionState { Collection = Post, RunId = run, IsComplete = true, LastRkey = records.Count == 0 ? null : records[^1].Rkey, Rev = "r1" };
        return new()
        {
            Repo = repo with { RunId = run, Phase = 2, IsSettled = true, Handle = "name.test", Collections = ImmutableDictionary<string, CollectionState>.Empty.Add(Post, read) },
            Collection = Post,
            Records = records,
            Range = Everything,
        };
    }

    /// <summary>Alice has posts, Bob has none, and the forum has nothing but one that is no post.</summary>
    async Task<TestDatabase> ReadAsync(DatabaseKind kind, long run)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        await store.WriteAsync(Pass(Repo(Alice), run, Topic(Alice, "a"), Topic(Alice, "b")), Token);
        await store.WriteAsync(Pass(Repo(Bob), run), Token);
        await store.WriteAsync(Pass(Repo(Forum), run, Record(Forum, Post, "c", new { text = 7 })), Token);
        return database;
    }

    async Task<IReadOnlyList<string>> ReadUpToARevAsync(TestDatabase database)
    {
        List<string> read = [];
        foreach (var did in new[] { Alice, Bob, Forum })
            if ((await Repos(database).LoadAsync(did, Token)).Collections[Post].Rev is not null)
                read.Add(did);
        return read;
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task All_OfAnIndexThatNobodyHasTouched_FindNothing(DatabaseKind kind)
    {
        var database = await ReadAsync(kind, run: 5);

        Assert.False(await Emptied(database).AnyAsync(Token));
        Assert.Equal((0, 0, 0), (await Emptied(database).ForgetAsync(6, Token), await Emptied(database).MarkAsync(5, 1, Token), await Emptied(database).RestoreUsersAsync(Token)));
        Assert.Equal([Alice, Bob, Forum], await ReadUpToARevAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Forget_OneAccountsRowsRemoved_ForgetsItsCursorOnceAndRefusesWhoHasItInMemory(DatabaseKind kind)
    {
        var database = await ReadAsync(kind, run: 5);
        await Store(database).WriteAsync(Pass(Repo("did:plc:carol"), 5, Topic("did:plc:carol", "d")), Token);
        var before = await Repos(database).LoadAsync(Alice, Token);
        await database.ExecuteAsync($"delete from posts where did = '{Alice}'");

        Assert.True(await Emptied(database).AnyAsync(Token));
        // Two: the one whose single record is no post might have had a row, now that somebody's are gone.
        Assert.Equal(2, await Emptied(database).ForgetAsync(6, Token));

        Assert.Equal([Bob], await ReadUpToARevAsync(database));
        Assert.True((await Store(database).WriteAsync(new RecordBatch { Repo = before }, Token)).IsStale);
        Assert.False(await Emptied(database).AnyAsync(Token));
        Assert.Equal(0, await Emptied(database).ForgetAsync(6, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Forget_WhatTheRunItselfHasRead_IsLeftToItsEnd(DatabaseKind kind)
    {
        var database = await ReadAsync(kind, run: 5);
        await database.ExecuteAsync("delete from posts");

        Assert.Equal(0, await Emptied(database).ForgetAsync(5, Token));
        Assert.Equal(2, await Emptied(database).MarkAsync(5, 3, Token));

        Assert.Equal([Alice, Forum], await Repos(database).PageAsync(new RepoScope.Found(5, 3), null, 9, Token));
        Assert.Equal((0, false), await Repos(database).LoadAsync(Alice, Token) is var alice ? (alice.Phase, alice.IsSettled) : default);
        Assert.Equal([Bob], await ReadUpToARevAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task RestoreUsers_Removed_WritesThoseAgainOfWhomRecordsWereRead(DatabaseKind kind)
    {
        var database = await ReadAsync(kind, run: 5);
        await database.ExecuteAsync("delete from users");

        Assert.Equal(2, await Emptied(database).RestoreUsersAsync(Token));

        Assert.Equal([[Alice, "name.test", "active"], [Forum, "name.test", "active"]], await database.QueryAsync("select did, handle, status from users order by did"));
    }

    /// <summary>A repository that is read by hand may just be referring to a topic of its own that nobody else sees yet: that reply refers to something.</summary>
    [Fact]
    public async Task Forget_WhileReferencesAreMade_WaitsBeforeItReleasesAny()
    {
        var database = await ReadAsync(DatabaseKind.PostgreSql, run: 5);
        await database.ExecuteAsync($"delete from posts where did = '{Alice}'");
        await using var other = await database.Index.Index.OpenConnectionAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await database.Index.LockReferencesAsync(transaction, Token);

        var forgetting = Emptied(database).ForgetAsync(6, Token);
        while (await database.NumberAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") == 0)
        {
            Assert.False(forgetting.IsCompleted, "It did not wait.");
            await Task.Delay(10, Token);
        }

        await transaction.CommitAsync(Token);
        Assert.Equal(2, await forgetting);
    }
}
