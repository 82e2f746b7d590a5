using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Errors, and how they are got rid of: by a retry, or by any later success.</summary>
public class RetryTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string Bad = """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""";
    const string Good = """{"$type":"space.atbb.post","text":"seven","createdAt":"2026-01-01T00:00:00Z"}""";

    static async Task<IReadOnlyList<RunError>> ErrorsAsync(ForumCluster cluster, long runId) =>
        await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(runId));

    static async Task<RunProgress> RetryAsync(ForumCluster cluster, long runId)
    {
        var start = await cluster.Backfill.RetryAsync(runId);
        Assert.Equal((StartOutcome.Started, RunType.Retry), (start.Outcome, start.Type!.Value));
        return await cluster.EndOfAsync(start.RunId!.Value);
    }

    [Fact]
    public async Task Retry_OfARunWithFailures_ReadsExactlyThoseRepositoriesInFull()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 2);
        var (spoilt, down) = (cluster.Forum.Users[0], cluster.Forum.Users[1]);
        var bad = spoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        cluster.Pds.Fault = request => request.Did == down.Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var failed = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(2, failed.Counts.Failed);
        cluster.Pds.Fault = null;
        cluster.Pds.Log.Clear();

        var retry = await RetryAsync(cluster, failed.RunId);

        Assert.Equal((RunStatus.Completed, RunType.Retry, failed.RunId), (retry.Status, retry.Type, retry.RetryOf!.Value));
        // Six records of the one, seven of the other, of which one is as bad as before: its repository has not changed, and was read all the same.
        Assert.Equal((6, 6, 1, 2), (retry.Counts.Indexed, retry.Counts.Unchanged, retry.Counts.Failed, retry.DidsDone));
        var asked = cluster.Pds.Log.Snapshot().Where(request => request.Method == ListRecords).Select(request => request.Did!).Distinct();
        Assert.Equal(new[] { spoilt.Did, down.Did }.Order(), asked.Order());
        // What went well is an error no more; what failed again is one of both runs.
        Assert.Equal(bad.Uri, Assert.Single(await ErrorsAsync(cluster, failed.RunId)).Uri);
        Assert.Equal(bad.Uri, Assert.Single(await ErrorsAsync(cluster, retry.RunId)).Uri);
        Assert.Single(cluster.Log.Of("backfill.errors_cleared"));
        Assert.Equal(["retry", failed.RunId], Assert.Single(await cluster.Database.QueryAsync($"select backfill_type, retry_of from backfill_progress where id = {retry.RunId}")));
    }

    /// <summary>It lies above the mark: the run asks it again, and its counts do not know of the error.</summary>
    [Fact]
    public async Task Resume_AfterARepositorysGrainDidNotAnswer_LeavesNoErrorOfWhatIsReadAfterAll()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.Concurrency = 1);
        var last = cluster.UserDids.Max(StringComparer.Ordinal)!;
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = request => request.Did == last && !released.Task.IsCompleted ? PdsFault.HeldUntil(released.Task) : null;
        var held = cluster.Pds.Log.ArrivedAsync(1, request => request.Did == last, TestContext.Current.CancellationToken);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await held;
        Assert.Equal(RunStatus.Paused, (await cluster.Backfill.PauseAsync(start.RunId!.Value))!.Status);
        released.SetResult();
        await cluster.Database.ExecuteAsync($"""
            insert into backfill_errors (backfill_id, did, kind, error_message, created_at, updated_at)
            values ({start.RunId}, '{last}', 'not_answered', 'It did not.', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z')
            """);

        await cluster.Backfill.ResumeAsync(start.RunId.Value);

        var run = await cluster.EndOfAsync(start.RunId.Value);
        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Retry_OfAnAccountThatMovedAndWhoseOldPdsStillAnswers_ReadsItsNewPds()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await using var newHome = await SamplePds.StartAsync(cluster.Pds.Plc);
        var moved = cluster.Forum.Users[0];
        moved.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var failed = await cluster.RunAsync(RunType.FullSync);
        moved.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Good);
        newHome.Host(moved);
        cluster.Pds.Plc.Register(moved.Did, moved.Handle, newHome.Origin);
        cluster.Pds.Log.Clear();

        var retry = await RetryAsync(cluster, failed.RunId);

        Assert.Equal((RunStatus.Completed, 0, 1), (retry.Status, retry.Counts.Failed, retry.DidsDone));
        Assert.Equal(newHome.Origin.GetLeftPart(UriPartial.Authority), (await cluster.RepoOf(moved.Did).GetStateAsync()).Pds);
        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Retry_OfTheForumsRepository_ReadsBothPhases()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1);
        cluster.Pds.Fault = request => request.Did == cluster.Forum.Forum.Did && request.Method == ListRecords ? PdsFault.Html(502) : null;
        var failed = await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Fault = null;

        var retry = await RetryAsync(cluster, failed.RunId);

        Assert.Equal((RunStatus.Completed, 0, 1), (retry.Status, retry.Counts.Failed, retry.DidsDone));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Empty(await ErrorsAsync(cluster, failed.RunId));
    }

    [Fact]
    public async Task AnOrdinaryRun_ThatIndexesWhatFailed_ClearsTheError()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1);
        var (spoilt, down, stillSpoilt) = (cluster.Forum.Users[0], cluster.Forum.Users[1], cluster.Forum.Users[2]);
        spoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var kept = stillSpoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        cluster.Pds.Fault = request => request.Did == down.Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var failed = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(3, (await ErrorsAsync(cluster, failed.RunId)).Count);

        spoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Good);
        cluster.Pds.Fault = null;
        await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(kept.Uri, Assert.Single(await ErrorsAsync(cluster, failed.RunId)).Uri);
    }

    [Fact]
    public async Task Retry_OfWhatIsNoRunOrHasNoErrors_SaysSo()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(StartOutcome.NoSuchRun, (await cluster.Backfill.RetryAsync(run.RunId + 1)).Outcome);
        Assert.Equal(StartOutcome.NotNeeded, (await cluster.Backfill.RetryAsync(run.RunId)).Outcome);
        Assert.Equal(StartOutcome.Refused, (await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.Retry })).Outcome);
        Assert.Single(await cluster.Backfill.ListRunsAsync(10, null));
    }

    [Fact]
    public async Task Retry_WhileARunIsUnderWay_NamesThatRun()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = _ => PdsFault.HeldUntil(released.Task);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });

        var retry = await cluster.Backfill.RetryAsync(start.RunId!.Value);

        Assert.Equal((StartOutcome.AlreadyRunning, start.RunId), (retry.Outcome, retry.RunId));
        released.SetResult();
        await cluster.EndOfAsync(start.RunId.Value);
    }

    [Fact]
    public async Task Retry_LostInTheMiddle_GoesOnAndCountsOnce()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1);
        cluster.Pds.Fault = request => request.Method == ListRecords && cluster.UserDids.Contains(request.Did!) ? PdsFault.Html(502) : null;
        var failed = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(cluster.UserDids.Count, failed.Counts.Failed);
        var released = new TaskCompletionSource();
        var answered = 0;
        cluster.Pds.Fault = request => request.Method == ListRecords && Interlocked.Increment(ref answered) > 7 ? PdsFault.HeldUntil(released.Task) : null;
        cluster.Pds.Log.Clear();
        var start = await cluster.Backfill.RetryAsync(failed.RunId);
        await cluster.Pds.Log.ArrivedAsync(8, request => request.Method == ListRecords, CancellationToken.None);

        await cluster.DeactivateAsync(cluster.Backfill);
        released.SetResult();
        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);

        var retry = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((RunStatus.Completed, 6 * cluster.UserDids.Count, 0), (retry.Status, retry.Counts.Indexed, retry.Counts.Unchanged));
        Assert.Empty(await ErrorsAsync(cluster, failed.RunId));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>Its repository has failed and waits when the run is cancelled: that is said, and retried.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_OfACancelledRun_ReadsWhatWaitedForItsNextAttempt(bool pausedBefore)
    {
        await using var cluster = await ForumCluster.StartAsync(
            configure: options => (options.RetryBaseDelay, options.RetryMaxDelay) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        var down = cluster.Forum.Users[0];
        cluster.Pds.Fault = request => request.Did == down.Did && request.Method == ListRecords ? PdsFault.Error(503, "UpstreamFailure") : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Deferred == 1 && run.DidsDone == cluster.UserDids.Count);
        if (pausedBefore)
        {
            await cluster.Backfill.PauseAsync(start.RunId!.Value);
            await cluster.DeactivateAsync(cluster.Backfill);
        }

        var cancelled = await cluster.Backfill.CancelAsync(start.RunId!.Value);

        Assert.Equal((RunStatus.Cancelled, 1), (cancelled!.Status, cancelled.Counts.Failed));
        var error = Assert.Single(await ErrorsAsync(cluster, cancelled.RunId));
        Assert.Equal((down.Did, "cancelled"), (error.Did, error.Kind));
        Assert.Contains("UpstreamFailure", error.Message, StringComparison.Ordinal);
        cluster.Pds.Fault = null;
        cluster.Pds.Log.Clear();

        var retry = await RetryAsync(cluster, cancelled.RunId);

        Assert.Equal((RunStatus.Completed, 6, 1), (retry.Status, retry.Counts.Indexed, retry.DidsDone));
        Assert.All(cluster.Pds.Log.Snapshot().Where(request => request.Method == ListRecords), request => Assert.Equal(down.Did, request.Did));
        Assert.Empty(await ErrorsAsync(cluster, cancelled.RunId));
        Assert.Empty(await cluster.DifferencesAsync());
    }
}
