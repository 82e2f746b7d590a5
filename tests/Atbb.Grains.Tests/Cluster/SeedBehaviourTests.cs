using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>What the original BackfillManager does, by its own names; where ours goes past it, the name says so.</summary>
public class SeedBehaviourTests
{
    static long Microseconds(TimeSpan age) =>
        (TimeProvider.System.GetUtcNow() - age - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    static async Task SetCursorAsync(ForumCluster cluster, TimeSpan age) => await cluster.Database.ExecuteAsync(
        $"insert into firehose_cursor (service, cursor, updated_at) values ('jetstream', {Microseconds(age)}, '2026-01-01T00:00:00Z')");

    [Fact]
    public async Task CheckIfNeeded_NoCursor_FullSync()
    {
        await using var cluster = await ForumCluster.StartAsync();

        var decision = await cluster.Backfill.DecideAsync();

        Assert.Equal((DecisionOutcome.FullSync, DecisionReason.NoCursor), (decision.Outcome, decision.Reason));
        Assert.Contains("needs full_sync because of no_cursor", Assert.Single(cluster.Log.Of("backfill.decision")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckIfNeeded_NoForumInTheIndex_FullSync()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await SetCursorAsync(cluster, TimeSpan.FromHours(1));

        var decision = await cluster.Backfill.DecideAsync();

        Assert.Equal((DecisionOutcome.FullSync, DecisionReason.DbInconsistency), (decision.Outcome, decision.Reason));
    }

    [Theory]
    [InlineData(1, DecisionOutcome.NotNeeded, DecisionReason.CursorFresh, StartOutcome.NotNeeded)]
    [InlineData(40, DecisionOutcome.CatchUp, DecisionReason.CursorTooOld, StartOutcome.Started)]
    public async Task CheckIfNeeded_AForumAndACursor_ByItsAge(int hours, DecisionOutcome outcome, DecisionReason reason, StartOutcome start)
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        await SetCursorAsync(cluster, TimeSpan.FromHours(hours));

        var decision = await cluster.Backfill.DecideAsync();
        var started = await cluster.Backfill.StartAsync(new StartRequest());

        Assert.Equal((outcome, reason, TimeSpan.FromHours(36)), (decision.Outcome, decision.Reason, decision.Threshold));
        Assert.Equal(hours, decision.CursorAge!.Value.TotalHours, precision: 1);
        Assert.Equal(start, started.Outcome);
        if (started.RunId is { } runId)
            Assert.Equal(RunType.CatchUp, (await cluster.EndOfAsync(runId)).Type);
    }

    [Fact]
    public async Task CheckIfNeeded_TheIndexCannotBeAsked_FullSync()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.Database.ExecuteAsync("alter table firehose_cursor rename to gone");

        var decision = await cluster.Backfill.DecideAsync();

        Assert.Equal((DecisionOutcome.FullSync, DecisionReason.DbQueryFailed), (decision.Outcome, decision.Reason));
        Assert.NotNull(decision.Error);
    }

    [Fact]
    public async Task PerformBackfill_Collections_InTheOrderOfTheSeed()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.Concurrency = 1);

        await cluster.RunAsync(RunType.FullSync);

        var asked = cluster.Pds.Log.Snapshot().Where(request => request.Method == "com.atproto.repo.listRecords").ToList();
        var forumPhase = asked.TakeWhile(request => request.Collection is not (ForumRecords.Membership or ForumRecords.Post)).ToList();
        Assert.Equal(
            [ForumRecords.Forum, ForumRecords.Category, ForumRecords.Board, ForumRecords.Role, ForumRecords.ModAction],
            forumPhase.Select(request => request.Collection).Distinct());
        Assert.All(forumPhase, request => Assert.Equal(cluster.Forum.Forum.Did, request.Did));
        foreach (var did in cluster.UserDids)
            Assert.Equal(
                [ForumRecords.Membership, ForumRecords.Post],
                asked.Skip(forumPhase.Count).Where(request => request.Did == did).Select(request => request.Collection).Distinct());
    }

    [Fact]
    public async Task PerformBackfill_WhileOneIsRunning_IsRefusedWithItsId()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = _ => PdsFault.HeldUntil(released.Task);

        var first = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });
        var second = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.CatchUp });

        Assert.Equal((StartOutcome.Started, StartOutcome.AlreadyRunning), (first.Outcome, second.Outcome));
        Assert.Equal((first.RunId, RunType.FullSync), (second.RunId, second.Type!.Value));
        released.SetResult();
        Assert.Equal(RunStatus.Completed, (await cluster.EndOfAsync(first.RunId!.Value)).Status);
        Assert.Single(await cluster.Backfill.ListRunsAsync(10, null));
    }

    [Fact]
    public async Task PrepareBackfillRow_Start_AnswersTheIdBeforeAnythingIsRead()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = _ => PdsFault.HeldUntil(released.Task);

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });

        var row = Assert.Single(await cluster.Database.QueryAsync("select id, status, backfill_type from backfill_progress"));
        Assert.Equal([start.RunId!.Value, "in_progress", "full_sync"], row);
        var progress = (await cluster.Backfill.GetProgressAsync())!;
        Assert.Equal((start.RunId!.Value, RunStatus.InProgress, 0), (progress.RunId, progress.Status, progress.Counts.Records));
        released.SetResult();
        await cluster.EndOfAsync(start.RunId.Value);
    }

    [Fact]
    public async Task SyncRepoRecords_ABadRecord_IsCountedAndTheOthersAreIndexed()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var user = cluster.Forum.Users[0];
        var bad = user.Put(ForumRecords.Post, "3zzzzzzzzzzzz", """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""");

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 1, cluster.Forum.RecordCount - 1), (run.Status, run.Counts.Failed, run.Counts.Indexed));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((user.Did, ForumRecords.Post, bad.Uri, bad.Cid), (error.Did, error.Collection, error.Uri, error.Cid));
        Assert.Contains("text", error.Message, StringComparison.Ordinal);
        Assert.Equal([$"missing: {user.Did}/{ForumRecords.Post}/{bad.Rkey} {bad.Cid}"], await cluster.DifferencesAsync());
        Assert.Single(cluster.Log.Of("backfill.record_error"));
    }

    [Fact]
    public async Task SyncRepoRecords_AProgrammingError_FailsTheRunLoudlyAndCountsNoRecord()
    {
        var broken = new StrongBox();
        await using var cluster = await ForumCluster.StartAsync(decorate: inner => new BrokenClient(inner, broken));
        broken.Did = cluster.UserDids[3];

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Failed, 0), (run.Status, run.Counts.Failed));
        Assert.Contains(broken.Did, run.LastError, StringComparison.Ordinal);
        var failure = Assert.Single(cluster.Log.Of("backfill.failed"));
        Assert.Equal(LogLevel.Critical, failure.Level);
        Assert.Contains(nameof(BrokenClient), failure.Exception!.ToString(), StringComparison.Ordinal);
        Assert.Empty(cluster.Log.Of("backfill.completed").Concat(cluster.Log.Of("backfill.completed_with_errors")));
        Assert.Empty(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal("failed", await cluster.Database.ScalarAsync("select status from backfill_progress"));
        // It has ended: the next one may start.
        broken.Did = null;
        Assert.Equal(RunStatus.Completed, (await cluster.RunAsync(RunType.FullSync)).Status);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task PerformBackfill_FullSync_ReadsUsersToo()
    {
        await using var cluster = await ForumCluster.StartAsync();

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(cluster.Forum.RecordCount, run.Counts.Indexed);
        // The users, and the forum's own account, which may write as a user.
        Assert.Equal((cluster.UserDids.Count + 1, cluster.UserDids.Count + 1), (run.DidsDone, run.DidsTotal));
    }

    sealed class StrongBox
    {
        public string? Did { get; set; }
    }

    /// <summary>A client with a bug.</summary>
    sealed class BrokenClient(IRepoClient inner, StrongBox broken) : IRepoClient
    {
        public Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken) =>
            inner.GetLatestCommitAsync(pds, did, cancellationToken);

        public Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken) =>
            inner.GetRepoStatusAsync(pds, did, cancellationToken);

        public Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken) =>
            inner.ListReposAsync(pds, cursor, cancellationToken);

        public Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken) =>
            query.Did.Value == broken.Did
                ? throw new InvalidCastException("a bug in this code")
                : inner.ListRecordsAsync(pds, query, cancellationToken);
    }
}
