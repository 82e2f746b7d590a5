using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A run through pauses, lost activations and lost silos.</summary>
public class RunTests
{
    const string ListRecords = "com.atproto.repo.listRecords";

    static readonly SampleForumOptions SomePages = new() { Users = 12, PostsPerUser = 10, ExtraPostsOfFirstUser = 500 };

    static void AssertExact(ForumCluster cluster, RunProgress run)
    {
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, run.Counts with { Requests = 0, Bytes = 0 });
        Assert.Equal((cluster.UserDids.Count + 1, cluster.UserDids.Count + 1), (run.DidsDone, run.DidsTotal));
    }

    /// <summary>Lets so many pages be answered, and holds every request after them.</summary>
    static TaskCompletionSource HoldAfter(SamplePds pds, int pages)
    {
        var released = new TaskCompletionSource();
        var answered = 0;
        pds.Fault = request => request.Method == ListRecords && Interlocked.Increment(ref answered) > pages ? PdsFault.HeldUntil(released.Task) : null;
        return released;
    }

    static Task<PdsRequest> PagesAsync(SamplePds pds, int pages) =>
        pds.Log.ArrivedAsync(pages, request => request.Method == ListRecords, CancellationToken.None);

    [Theory]
    [InlineData(3)]
    [InlineData(14)]
    [InlineData(30)]
    public async Task Pause_InTheMiddle_StopsAndResumeCountsEverythingOnce(int pages)
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, pages);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, pages + 1);

        var paused = (await cluster.Backfill.PauseAsync(start.RunId!.Value))!;
        var asked = cluster.Pds.Log.CountOf(ListRecords);
        released.SetResult();

        Assert.Equal((RunStatus.Paused, 0), (paused.Status, paused.InFlight));
        Assert.Equal(RunStatus.Paused, (await cluster.Backfill.PauseAsync(start.RunId.Value))?.Status);
        Assert.Equal("paused", await cluster.Database.ScalarAsync("select status from backfill_progress"));
        Assert.Equal((StartOutcome.AlreadyRunning, start.RunId), await StartAgainAsync(cluster));
        Assert.Equal(asked, cluster.Pds.Log.CountOf(ListRecords));

        await cluster.Backfill.ResumeAsync(start.RunId.Value);
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId.Value));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    static async Task<(StartOutcome, long?)> StartAgainAsync(ForumCluster cluster)
    {
        var again = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });
        return (again.Outcome, again.RunId);
    }

    [Fact]
    public async Task Start_WhileARunOfAnotherForumIsUnfinishedInTheDatabase_IsRefusedAndLeavesItAlone()
    {
        const string Other = "did:plc:anotherforum";
        await using var cluster = await ForumCluster.StartAsync();
        var before = await cluster.RunAsync(RunType.FullSync);
        await cluster.Database.ExecuteAsync($"insert into backfill_progress (forum_did, status, backfill_type, started_at, updated_at) select '{Other}', 'paused', backfill_type, started_at, updated_at from backfill_progress");

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });
        Assert.Equal((StartOutcome.AnotherForum, (long?)null), (start.Outcome, start.RunId));
        Assert.Contains($"Run {before.RunId + 1} of the forum {Other} is unfinished", start.Message, StringComparison.Ordinal);

        await cluster.Database.ExecuteAsync("update backfill_progress set status = 'completed', completed_at = updated_at where completed_at is null");
        Assert.Equal(RunStatus.Completed, (await cluster.RunAsync(RunType.FullSync)).Status);
    }

    [Fact]
    public async Task StartAndRetry_UnderAnotherForumsKey_AreRefusedAndNameBoth()
    {
        const string Other = "did:plc:anotherforum";
        await using var cluster = await ForumCluster.StartAsync();
        var run = await cluster.RunAsync(RunType.FullSync);
        var other = cluster.BackfillOf(Other);

        StartResult[] refused =
        [
            await other.StartAsync(new StartRequest { Force = RunType.FullSync }),
            await other.RetryAsync(run.RunId),
            await other.WakeUpAsync(startIfNeeded: true),
        ];

        Assert.All(refused, start =>
        {
            Assert.Equal((StartOutcome.AnotherForum, (long?)null), (start.Outcome, start.RunId));
            Assert.Contains($"for the forum {cluster.Forum.Forum.Did}, and was asked for {Other}", start.Message, StringComparison.Ordinal);
        });
        Assert.Equal(1, await cluster.Database.NumberAsync("select count(*) from backfill_progress"));
    }

    [Fact]
    public async Task Pause_ThatCannotBeSaved_SaysSoAndTheRunGoesOn()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var cluster = await ForumCluster.StartAsync(SomePages, DatabaseKind.PostgreSql);
        var released = HoldAfter(cluster.Pds, 20);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 21);
        await cluster.Database.ExecuteAsync("""
            create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'no space' using errcode = '53100'; end $$;
            create trigger full_disk before update on backfill_progress for each row execute function full_disk();
            """);

        await Assert.ThrowsAsync<IndexUnreachableException>(() => cluster.Backfill.PauseAsync(start.RunId!.Value));

        await cluster.Database.ExecuteAsync("drop trigger full_disk on backfill_progress");
        released.SetResult();
        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId!.Value));
    }

    /// <summary>What lies above the mark is known again when its repositories have been asked; until then it is not shown as undone.</summary>
    [Fact]
    public async Task Resume_WhileNobodyHasAnsweredYet_ShowsWhatWasSpentBefore()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, 20);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 21);
        var paused = (await cluster.Backfill.PauseAsync(start.RunId!.Value))!;
        released.SetResult();
        var held = new TaskCompletionSource();
        cluster.Pds.Fault = _ => PdsFault.HeldUntil(held.Task);
        await cluster.DeactivateAsync(cluster.Backfill);

        var resumed = (await cluster.Backfill.ResumeAsync(start.RunId.Value))!;

        Assert.Equal(RunStatus.InProgress, resumed.Status);
        Assert.True(paused.Counts is { Requests: > 0, Bytes: > 0, Indexed: > 0 });
        Assert.Equal(resumed.Counts, SyncCounts.Max(paused.Counts, resumed.Counts));
        held.SetResult();
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId.Value));
    }

    [Fact]
    public async Task Pause_ThenALostActivation_StaysPausedUntilResumed()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, 20);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 21);
        await cluster.Backfill.PauseAsync(start.RunId!.Value);
        released.SetResult();

        await cluster.DeactivateAsync(cluster.Backfill);
        var woken = await cluster.Backfill.WakeUpAsync(startIfNeeded: true);

        Assert.Equal((StartOutcome.AlreadyRunning, start.RunId), (woken.Outcome, woken.RunId));
        Assert.Equal(RunStatus.Paused, (await cluster.Backfill.GetProgressAsync())!.Status);
        await cluster.Backfill.ResumeAsync(start.RunId.Value);
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId.Value));
    }

    [Fact]
    public async Task Cancel_InTheMiddle_EndsTheRunAndLetsTheNextOneStart()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, 25);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 26);

        var cancelled = (await cluster.Backfill.CancelAsync(start.RunId!.Value))!;
        released.SetResult();

        Assert.Equal(RunStatus.Cancelled, cancelled.Status);
        Assert.Equal(await RowsAsync(cluster), cancelled.Counts.Indexed);
        Assert.Null(await cluster.Backfill.ResumeAsync(start.RunId.Value));
        Assert.Equal(RunStatus.Completed, (await cluster.RunAsync(RunType.FullSync)).Status);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    static async Task<long> RowsAsync(ForumCluster cluster)
    {
        long rows = 0;
        foreach (var table in new[] { "forums", "categories", "boards", "roles", "mod_actions", "memberships", "posts" })
            rows += (long)(await cluster.Database.ScalarAsync($"select count(*) from {table}"))!;
        return rows;
    }

    [Fact]
    public async Task Cancel_InTheFirstPhase_CountsOnceWhatWasRead()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, 3);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 4);

        var cancelled = (await cluster.Backfill.CancelAsync(start.RunId!.Value))!;
        released.SetResult();

        Assert.Equal((RunStatus.Cancelled, RunPhase.Forum), (cancelled.Status, cancelled.Phase));
        Assert.InRange(cancelled.Counts.Indexed, 1, long.MaxValue);
        Assert.Equal(cancelled.Counts.Indexed, Convert.ToInt64(await cluster.Database.ScalarAsync("select records_indexed from backfill_progress"), null));
        Assert.Equal(cancelled.Counts.Indexed, await RowsAsync(cluster));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(33)]
    public async Task Activation_LostInTheMiddle_GoesOnWhenCalledAndCountsEverythingOnce(int pages)
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        var released = HoldAfter(cluster.Pds, pages);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, pages + 1);

        await cluster.DeactivateAsync(cluster.Backfill);
        released.SetResult();

        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId!.Value));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.NotEmpty(cluster.Log.Of("backfill.resuming"));
    }

    [Fact]
    public async Task Silo_KilledInTheMiddle_TheOtherGoesOnAndCountsEverythingOnce()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages, DatabaseKind.PostgreSql, silos: 2);
        var released = HoldAfter(cluster.Pds, 25);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await PagesAsync(cluster.Pds, 26);

        await cluster.KillSiloOfAsync(cluster.Backfill);
        released.SetResult();

        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId!.Value));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Run_WhenItHasEnded_LeavesNoReminder()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var released = HoldAfter(cluster.Pds, 1);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync });
        Assert.Equal(1L, await RemindersAsync(cluster));
        released.SetResult();

        await cluster.EndOfAsync(start.RunId!.Value);
        // Saved and said before the reminder goes: any next call waits for the turn in which it does.
        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        await cluster.DeactivateAsync(cluster.Backfill);

        Assert.Equal(0L, await RemindersAsync(cluster));
    }

    [Fact]
    public async Task Start_AtOnceWhenTheLastHasEnded_KeepsItsReminderAndComesToItsOwnEnd()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 1, PostsPerUser = 1, ModActions = 0 });
        for (var i = 0; i < 20; i++)
        {
            // Its end is said before its reminder goes: the next start comes in between.
            var released = HoldAfter(cluster.Pds, 0);
            cluster.Forum.Users[0].Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"hello","createdAt":"2026-01-01T00:00:00Z"}""");
            var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
            Assert.Equal(StartOutcome.Started, start.Outcome);
            Assert.Equal(1L, await RemindersAsync(cluster));
            released.SetResult();

            var run = await cluster.EndOfAsync(start.RunId!.Value);
            Assert.Equal((start.RunId, RunStatus.Completed, 2L), (run.RunId, run.Status, run.DidsDone));
            Assert.Empty(await cluster.DifferencesAsync());
        }
    }

    static async Task<object?> RemindersAsync(ForumCluster cluster)
    {
        await using var connection = await cluster.Database.Index.Orleans.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from OrleansRemindersTable";
        return await command.ExecuteScalarAsync();
    }

    [Fact]
    public async Task Window_WithOneRepositoryThatHangs_FinishesAllOthers()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.Concurrency = 2);
        var released = new TaskCompletionSource();
        var slow = cluster.UserDids.Order(StringComparer.Ordinal).First();
        cluster.Pds.Fault = request => request.Did == slow && request.Method == ListRecords ? PdsFault.HeldUntil(released.Task) : null;

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        // Users and the forum's own account, but the slow one.
        var rest = await cluster.UntilAsync(run => run.DidsDone == cluster.UserDids.Count && run.InFlight == 1);

        Assert.True(string.CompareOrdinal(rest.LowWaterMark, slow) < 0, "the mark stands below the repository that is not settled");
        released.SetResult();
        AssertExact(cluster, await cluster.EndOfAsync(start.RunId!.Value));
    }

    [Fact]
    public async Task CatchUp_OverKnownUsers_ReadsWhatChangedAndSkipsWhatDidNot()
    {
        await using var cluster = await ForumCluster.StartAsync(SomePages);
        await cluster.RunAsync(RunType.FullSync);
        var (edited, thinned, grown) = (cluster.Forum.Users[0], cluster.Forum.Users[1], cluster.Forum.Users[2]);
        var first = edited.Records(ForumRecords.Post)[0];
        edited.Put(ForumRecords.Post, first.Rkey, """{"$type":"space.atbb.post","text":"edited","createdAt":"2026-01-01T00:00:00Z"}""");
        foreach (var post in thinned.Records(ForumRecords.Post))
            thinned.Delete(ForumRecords.Post, post.Rkey);
        grown.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");
        cluster.Pds.Log.Clear();

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.CatchUp });
        var run = await cluster.EndOfAsync(start.RunId!.Value);

        Assert.Equal((1, 1, 10, 0), (run.Counts.Indexed, run.Counts.Updated, run.Counts.Deleted, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        var listed = cluster.Pds.Log.Snapshot().Where(request => request.Method == ListRecords).Select(request => request.Did!).Distinct();
        Assert.Equal(new[] { edited.Did, thinned.Did, grown.Did }.Order(), listed.Order());
    }

    [Fact]
    public async Task CatchUp_OnAnEmptyIndex_ReadsTheForumAndNoUser()
    {
        await using var cluster = await ForumCluster.StartAsync();

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.CatchUp });
        var run = await cluster.EndOfAsync(start.RunId!.Value);

        Assert.Equal(RunStatus.Completed, run.Status);
        // The forum's own account became a user by being seen.
        Assert.Equal((1, 1), (run.DidsDone, run.DidsTotal));
        Assert.DoesNotContain(cluster.Pds.Log.Snapshot(), request => cluster.UserDids.Contains(request.Did!));
    }

    [Fact]
    public async Task Start_WithSomethingThatIsNoDid_IsRefusedAndNamesIt()
    {
        await using var cluster = await ForumCluster.StartAsync();

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = [cluster.UserDids[0], "alice.test"] });

        Assert.Equal(StartOutcome.Refused, start.Outcome);
        Assert.Contains("alice.test", start.Message, StringComparison.Ordinal);
        Assert.Null(await cluster.Backfill.GetProgressAsync());
        Assert.Equal(0L, await cluster.Database.ScalarAsync("select count(*) from repos"));
    }

    [Fact]
    public async Task WakeUp_ManyTimesAtOnce_StartsOneRun()
    {
        await using var cluster = await ForumCluster.StartAsync(silos: 2, kind: DatabaseKind.PostgreSql);

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.Backfill.WakeUpAsync(startIfNeeded: true)));

        var runId = Assert.Single(results.Select(result => result.RunId).Distinct());
        Assert.Single(results, result => result.Outcome is StartOutcome.Started);
        await cluster.EndOfAsync(runId!.Value);
        Assert.Single(await cluster.Backfill.ListRunsAsync(10, null));
    }
}
