using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Runs;
using Atbb.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Runs;

public sealed class RunStoreTests : IndexTests
{
    RunStore Runs(TestDatabase database) => new(database.Index, Time);

    [Theory, MemberData(nameof(Kinds))]
    public async Task SaveAsync_EveryColumn_ComesBack(DatabaseKind kind)
    {
        var runs = Runs(await OpenAsync(kind));
        var started = Time.GetUtcNow();
        var id = (await runs.CreateAsync(Forum, "full_sync", null, started, Token))!.Value;
        Assert.Equal(new RunRow { Id = id, Status = "in_progress", BackfillType = "full_sync", StartedAt = started, UpdatedAt = started }, await runs.GetAsync(id, Token));
        Time.Advance(TimeSpan.FromSeconds(1.5));

        var run = new RunRow
        {
            Id = id,
            Status = "completed",
            BackfillType = "full_sync",
            Phase = 2,
            LastProcessedDid = Alice,
            DidsTotal = 5_000_000_000,
            DidsProcessed = 2,
            DidsDeferred = 3,
            RecordsIndexed = 4,
            RecordsUpdated = 5,
            RecordsUnchanged = 6,
            RecordsDeleted = 7,
            RecordsFailed = 8,
            Requests = 9,
            Bytes = 10,
            StartedAt = started,
            CompletedAt = started.AddHours(1),
            ErrorMessage = "No\0answer",
        };
        await runs.SaveAsync(run, Token);

        Assert.Equal(run with { ErrorMessage = "No\uFFFDanswer", UpdatedAt = Time.GetUtcNow() }, await runs.GetAsync(id, Token));
        Assert.Null(await runs.GetAsync(id + 1, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CountRunsAsync_OfEachStatus_HasTheLastAndSinceWhenOneIsPaused(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (runs, survey) = (Runs(database), new IndexSurvey(database.Index));
        Assert.Empty(await survey.CountRunsAsync(Token));
        foreach (var status in new[] { "completed", "failed", "completed", "paused" })
            await EndAsync(runs, await BeginAsync(runs), status);
        var paused = Time.GetUtcNow();

        // Wherever its grain wakes up, the row is written once more.
        Time.Advance(TimeSpan.FromHours(1));
        await EndAsync(runs, 4, "paused");
        Assert.Equal(
            [("completed", 2L, 3L, paused), ("failed", 1L, 2L, paused), ("paused", 1L, 4L, paused)],
            (await survey.CountRunsAsync(Token)).Values.OrderBy(of => of.Status, StringComparer.Ordinal).Select(of => (of.Status, of.Count, of.LastId, of.UpdatedAt)));

        await EndAsync(runs, 4, "in_progress");
        Assert.Equal(Time.GetUtcNow(), (await survey.CountRunsAsync(Token))["in_progress"].UpdatedAt);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ListAsync_Pages_NewestFirst(DatabaseKind kind)
    {
        var runs = Runs(await OpenAsync(kind));
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await BeginAsync(runs));
            await EndAsync(runs, ids[0], "completed");
        }

        var first = await runs.ListAsync(3, null, Token);
        var second = await runs.ListAsync(3, first[^1].Id, Token);

        Assert.Equal(ids, first.Concat(second).Select(run => run.Id));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CloseAbandonedAsync_ClosesWhatNobodyOwns(DatabaseKind kind)
    {
        var runs = Runs(await OpenAsync(kind));
        await EndAsync(runs, await BeginAsync(runs), "completed");
        var lost = await BeginAsync(runs);

        Assert.Equal(1, await runs.CloseAbandonedAsync(Forum, "failed", "Lost.", Token));
        Assert.Equal(0, await runs.CloseAbandonedAsync(Forum, "failed", "Lost.", Token));
        // Nobody could resume or cancel it any more.
        await EndAsync(runs, await BeginAsync(runs), "paused");
        Assert.Equal(1, await runs.CloseAbandonedAsync(Forum, "cancelled", "Lost.", Token));

        Assert.Equal(["cancelled", "failed", "completed"], (await runs.ListAsync(3, null, Token)).Select(run => run.Status));
        Assert.Equal(Time.GetUtcNow(), (await runs.GetAsync(lost, Token))!.CompletedAt);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Runs_OfAnotherForum_AreFoundAndNotClosed(DatabaseKind kind)
    {
        var runs = Runs(await OpenAsync(kind));
        var others = await BeginAsync(runs, Alice);

        Assert.Equal((others, Alice), await runs.FindOfAnotherForumAsync(Forum, Token));
        Assert.Equal(0, await runs.CloseAbandonedAsync(Forum, "failed", "Lost.", Token));
        Assert.Null(await runs.FindOfAnotherForumAsync(Alice, Token));

        Assert.Equal(1, await runs.CloseAbandonedAsync(Alice, "failed", "Lost.", Token));
        Assert.Null(await runs.FindOfAnotherForumAsync(Forum, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CloseAbandonedAsync_BegunByAReleaseThatDidNotNoteTheForum_ClosesIt(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var runs = Runs(database);
        await BeginAsync(runs);
        await database.ExecuteAsync("update backfill_progress set forum_did = null");

        Assert.Equal(1, await runs.CloseAbandonedAsync(Forum, "failed", "Lost.", Token));
    }

    /// <summary>Each asks first whether there is another, sees none, and begins: what the database refuses, nobody has to have seen.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task CreateAsync_SeveralForumsAtOnce_BeginsOne(DatabaseKind kind)
    {
        var runs = Runs(await OpenAsync(kind));

        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => runs.CreateAsync($"did:plc:forum{i}", "full_sync", null, Time.GetUtcNow(), Token)));
        var one = Assert.Single(begun, id => id is not null);
        Assert.Equal([one!.Value], (await runs.ListAsync(9, null, Token)).Select(run => run.Id));

        await EndAsync(runs, one.Value, "paused");
        Assert.Null(await runs.CreateAsync(Forum, "full_sync", null, Time.GetUtcNow(), Token));
        await EndAsync(runs, one.Value, "cancelled");
        Assert.NotNull(await runs.CreateAsync(Forum, "full_sync", null, Time.GetUtcNow(), Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ListForVerdictAsync_OfManyRuns_HasTheLatestFullSyncOfEachStatusAndTheUnfinishedRun(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var runs = Runs(database);
        var ids = new List<long>();
        foreach (var (type, status) in new[]
        {
            ("full_sync", "completed"), ("full_sync", "cancelled"), ("full_sync", "completed"), ("full_sync", "failed"), ("catch_up", "completed"), ("retry", "failed"),
            ("catch_up", "paused"),
        })
        {
            ids.Add(await BeginAsync(runs, type: type));
            await EndAsync(runs, ids[^1], status);
        }

        await database.ExecuteAsync("update backfill_progress set forum_did = null where status = 'cancelled'");
        Assert.Equal([ids[6], ids[3], ids[2], ids[1]], (await runs.ListForVerdictAsync(Forum, Token)).Select(run => run.Id));
        Assert.Equal([ids[1]], (await runs.ListForVerdictAsync(Alice, Token)).Select(run => run.Id));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CountOpenErrorsAsync_OfEveryRun_CountsByKind(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (runs, store) = (Runs(database), Store(database));
        Assert.Empty(await runs.CountOpenErrorsAsync(Token));
        await store.WriteAsync(Batch(Repo(Alice, run: 7), Post, [Record(Alice, Post, "k1", new { text = 5 })]), Token);
        await store.WriteAsync(new RecordBatch { Repo = Repo(Bob, run: 7), Failure = new RecordFailure(null, null, null, "unreachable", "No answer.") }, Token);
        await store.WriteAsync(new RecordBatch { Repo = Repo(Forum, run: 8), Failure = new RecordFailure(null, null, null, "unreachable", "No answer.") }, Token);

        Assert.Equal(new Dictionary<string, long> { ["wrong_type_field"] = 1, ["unreachable"] = 2 }, await runs.CountOpenErrorsAsync(Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task CountOpenErrorsAsync_WhatFailedInSeveralRuns_CountsOnceAndAsWhatItWasLast(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (runs, store) = (Runs(database), Store(database));
        var repo = Repo(Alice, run: 7);
        foreach (var record in new object[] { new { text = 5 }, new { text = 6 }, new { } })
        {
            var written = await store.WriteAsync(Batch(repo, Post, [Record(Alice, Post, "k1", record)]), Token);
            repo = written.Repo with { RunId = written.Repo.RunId + 1 };
        }

        await store.WriteAsync(Batch(repo, Post, [Record(Alice, Post, "k2", new { text = 5 })]), Token);
        await store.WriteAsync(new RecordBatch { Repo = Repo(Bob, run: 7), Failure = new RecordFailure(null, null, null, "unreachable", "No answer.") }, Token);

        Assert.Equal(new Dictionary<string, long> { ["missing_field"] = 1, ["wrong_type_field"] = 1, ["unreachable"] = 1 }, await runs.CountOpenErrorsAsync(Token));
        async Task<IEnumerable<(long Run, string? Did, string Kind)>> ListAsync(OpenErrorQuery query) =>
            (await runs.ListOpenErrorsAsync(query, Token)).Select(error => (error.BackfillId, error.Did, error.Kind));
        Assert.Equal([(9, Alice, "missing_field"), (10, Alice, "wrong_type_field"), (7, Bob, "unreachable")], await ListAsync(new()));
        Assert.Equal([(9, Alice, "missing_field"), (10, Alice, "wrong_type_field")], await ListAsync(new(Alice)));
        Assert.Equal([(10, Alice, "wrong_type_field")], await ListAsync(new(Kind: "wrong_type_field")));
        Assert.Equal([(9, Alice, "missing_field")], await ListAsync(new(Limit: 1)));
        var first = Assert.Single(await runs.ListOpenErrorsAsync(new(Limit: 1), Token));
        Assert.Equal([(10, Alice, "wrong_type_field")], await ListAsync(new(AfterId: first.Id, Limit: 1)));
    }

    async Task<long> BeginAsync(RunStore runs, string forumDid = Forum, string type = "catch_up") =>
        await runs.CreateAsync(forumDid, type, null, Time.GetUtcNow(), Token) ?? throw new InvalidOperationException("Another run is unfinished.");

    static async Task EndAsync(RunStore runs, long id, string status) =>
        await runs.SaveAsync((await runs.GetAsync(id, Token))! with { Status = status }, Token);

    [Theory, MemberData(nameof(Kinds))]
    public async Task ListErrorsAsync_FiltersAndPages(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var (runs, store) = (Runs(database), Store(database));
        var bad = Enumerable.Range(0, 5).Select(i => Record(Alice, Post, $"k{i}", i < 3 ? new { text = 5 } : new { })).ToList();
        await store.WriteAsync(Batch(Repo(Alice, run: 7), Post, bad), Token);
        await store.WriteAsync(new RecordBatch { Repo = Repo(Bob, run: 7), Failure = new RecordFailure(null, null, null, "unreachable", "No answer.") }, Token);
        await store.WriteAsync(new RecordBatch { Repo = Repo(Forum, run: 8), Failure = new RecordFailure(null, null, null, "unreachable", "No answer.") }, Token);

        var first = await runs.ListErrorsAsync(new RunErrorQuery(7, Limit: 4), Token);
        var second = await runs.ListErrorsAsync(new RunErrorQuery(7, AfterId: first[^1].Id, Limit: 4), Token);

        Assert.Equal((4, 2), (first.Count, second.Count));
        Assert.Equal(6, await runs.CountErrorsAsync(new RunErrorQuery(7), Token));
        Assert.Equal(3, await runs.CountErrorsAsync(new RunErrorQuery(7, Kind: "wrong_type_field"), Token));
        Assert.Equal(5, (await runs.ListErrorsAsync(new RunErrorQuery(7, Did: Alice), Token)).Count);
        var whole = Assert.Single(await runs.ListErrorsAsync(new RunErrorQuery(7, Did: Bob, Kind: "unreachable"), Token));
        Assert.Equal(
            new RunErrorRow { Id = whole.Id, BackfillId = 7, Did = Bob, Kind = "unreachable", ErrorMessage = "No answer.", Attempts = 1, CreatedAt = Time.GetUtcNow(), UpdatedAt = Time.GetUtcNow() },
            whole);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task IndexFacts_CursorAndForum_AreWhatTheyAre(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var facts = new IndexFacts(database.Index, Time);
        Assert.Null(await facts.GetFirehoseCursorAsync("jetstream", Token));
        Assert.False(await facts.HasForumAsync(Forum, Token));

        await facts.SetFirehoseCursorAsync("jetstream", 1_700_000_000_000_000, Token);
        await facts.SetFirehoseCursorAsync("jetstream", 1_800_000_000_000_000, Token);
        await Store(database).WriteAsync(Batch(Repo(Forum), ForumRecord, Record(Forum, ForumRecord, "self", new { name = "F" })), Token);

        Assert.Equal(1_800_000_000_000_000, await facts.GetFirehoseCursorAsync("jetstream", Token));
        Assert.True(await facts.HasForumAsync(Forum, Token));
        Assert.False(await facts.HasForumAsync(Alice, Token));
    }

    [Fact]
    public async Task AddIndexing_OnAFile_RegistersEverything()
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);
        await using var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIndexing(DatabaseTarget.Parse(database.Address), options => options.RecordBytes = 10)
            .BuildServiceProvider();

        await services.GetRequiredService<IndexDatabase>().PingAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        var result = await services.GetRequiredService<IndexStore>().WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);

        Assert.Equal("too_large", Assert.Single(result.Failures).Kind);
        Assert.NotNull(services.GetRequiredService<Atbb.Indexing.Repos.RepoStore>());
        Assert.NotNull(services.GetRequiredService<RunStore>());
        Assert.NotNull(services.GetRequiredService<IndexFacts>());
    }
}
