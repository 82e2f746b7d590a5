using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>One repository, read because somebody asked for it: before, during and after a run.</summary>
public class SyncNowTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string Bad = """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""";
    const string New = """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""";

    static async Task<RepoSlice> SyncNowAsync(ForumCluster cluster, string did)
    {
        while (true)
        {
            var slice = await cluster.RepoOf(did).SyncNowAsync(cluster.Forum.Forum.Did);
            // Nor may its turn at the host have come, as while that answers nobody.
            if (slice.Outcome is not (RepoOutcome.More or RepoOutcome.Parked { IsTurn: true }))
                return slice;
        }
    }

    [Fact]
    public async Task SyncNow_ForAnotherForum_IsRefusedAndStoresNothing()
    {
        const string Other = "did:plc:anotherforum";
        await using var cluster = await ForumCluster.StartAsync();

        var refused = await Assert.ThrowsAsync<AnotherForumException>(() => cluster.RepoOf(cluster.UserDids[0]).SyncNowAsync(Other, TestContext.Current.CancellationToken));

        Assert.Contains($"for the forum {cluster.Forum.Forum.Did}, and was asked for {Other}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from repos"));
    }

    [Theory]
    [InlineData("not-a-did")]
    [InlineData("did:PLC:abc")]
    public async Task SyncNow_OfWhatIsNotADid_IsRefusedAndStoresNothing(string name)
    {
        await using var cluster = await ForumCluster.StartAsync();

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => SyncNowAsync(cluster, name));

        Assert.Contains($"'{name}' is not a DID", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.Database.NumberAsync("select (select count(*) from repos) + (select count(*) from backfill_errors)"));
    }

    [Fact]
    public async Task SyncNow_BetweenRuns_ReadsInFullAndLeavesTheLastRunsCounts()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var run = await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        var before = await cluster.RepoOf(user.Did).GetStateAsync();
        user.Add(ForumRecords.Post, New);

        var slice = await SyncNowAsync(cluster, user.Did);

        Assert.IsType<RepoOutcome.Completed>(slice.Outcome);
        Assert.Equal((1, 6), (slice.Counts.Indexed, slice.Counts.Unchanged));
        Assert.Empty(await cluster.DifferencesAsync());
        var after = await cluster.RepoOf(user.Did).GetStateAsync();
        Assert.Equal((run.RunId, true, before.Counts, user.Rev.Value), (after.RunId!.Value, after.IsSettled, after.Counts, after.Rev));
        Assert.All(after.Cursors, cursor => Assert.Equal((true, user.Rev.Value), (cursor.IsComplete, cursor.Rev)));
        // What was read by hand is read: the next run skips it.
        Assert.Equal((0, 0), (await cluster.RunAsync(RunType.CatchUp)) is { Counts: var counts } ? (counts.Indexed, counts.Unchanged) : default);
    }

    /// <summary>The old PDS answers as if nothing had happened, so no run has a reason to look elsewhere before the document's time is up.</summary>
    [Fact]
    public async Task SyncNow_OfAnAccountThatMovedAndWhoseOldPdsStillAnswers_ReadsItsNewPds()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        await using var newHome = await SamplePds.StartAsync(cluster.Pds.Plc);
        var moved = cluster.Forum.Users[0];
        newHome.Host(moved);
        cluster.Pds.Plc.Register(moved.Did, moved.Handle, newHome.Origin);
        await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal(cluster.Pds.Origin.GetLeftPart(UriPartial.Authority), (await cluster.RepoOf(moved.Did).GetStateAsync()).Pds);
        moved.Add(ForumRecords.Post, New);
        cluster.Pds.Log.Clear();

        var slice = await SyncNowAsync(cluster, moved.Did);

        Assert.Equal((1, 6, 0), (slice.Counts.Indexed, slice.Counts.Unchanged, slice.Counts.Deleted));
        Assert.Equal(newHome.Origin.GetLeftPart(UriPartial.Authority), (await cluster.RepoOf(moved.Did).GetStateAsync()).Pds);
        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
        Assert.Single(cluster.Log.Of("backfill.repo_moved"));
    }

    [Fact]
    public async Task SyncNow_WhileARunHasTheMovedAccountHalfRead_GoesOnAtItsNewPds()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 2, PostsPerUser = 5, ExtraPostsOfFirstUser = 250 },
            configure: options => (options.MaxAttempts, options.RetryBaseDelay) = (100, TimeSpan.FromMinutes(5)));
        await using var newHome = await SamplePds.StartAsync(cluster.Pds.Plc);
        var moved = cluster.Forum.Users[0];
        var down = true;
        cluster.Pds.Fault = request => down && request.Did == moved.Did && request.Collection == ForumRecords.Post && request.Cursor is not null
            ? PdsFault.Error(503, "UpstreamFailure")
            : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Deferred == 1);
        down = false;
        newHome.Host(moved);
        cluster.Pds.Plc.Register(moved.Did, moved.Handle, newHome.Origin);

        Assert.IsType<RepoOutcome.Completed>((await SyncNowAsync(cluster, moved.Did)).Outcome);

        Assert.Equal(newHome.Origin.GetLeftPart(UriPartial.Authority), (await cluster.RepoOf(moved.Did).GetStateAsync()).Pds);
        await cluster.Backfill.CancelAsync(start.RunId!.Value);
    }

    /// <summary>Phase 2 waits for phase 1, and that for as long as the forum's PDS has asked for.</summary>
    [Fact]
    public async Task SyncNow_OfTheForumThatARunWaitsFor_FreesTheRun()
    {
        await using var cluster = await ForumCluster.StartAsync();
        cluster.Pds.Fault = request => request.Did == cluster.Forum.Forum.Did && request.Method.StartsWith("com.atproto", StringComparison.Ordinal)
            ? PdsFault.Verbatim(500, "application/json", [], ("Retry-After", "3600"))
            : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Waiting.Any(repo => repo.NextAttemptAt > TimeProvider.System.GetUtcNow().AddMinutes(50)));
        cluster.Pds.Fault = null;

        Assert.IsType<RepoOutcome.Completed>((await SyncNowAsync(cluster, cluster.Forum.Forum.Did)).Outcome);

        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task SyncNow_OfAnAccountNobodyHasHeardOf_ReadsIt()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var user = cluster.Forum.Users[0];
        Assert.False((await cluster.RepoOf(user.Did).GetStateAsync()).IsKnown);

        var slice = await SyncNowAsync(cluster, user.Did);

        Assert.Equal(6, slice.Counts.Indexed);
        Assert.True((await cluster.RepoOf(user.Did).GetStateAsync()).IsKnown);
    }

    [Fact]
    public async Task SyncNow_OfTheForum_ReadsAllItsCollections()
    {
        await using var cluster = await ForumCluster.StartAsync();

        var slice = await SyncNowAsync(cluster, cluster.Forum.Forum.Did);

        Assert.Equal(cluster.Forum.Forum.Collections.Sum(c => cluster.Forum.Forum.Records(c).Length), slice.Counts.Indexed);
    }

    /// <summary>Before the run has come to a repository, in the middle of it, and after: all in one run, which counts what it did and nothing else.</summary>
    [Fact]
    public async Task SyncNow_WhileARunGoesOn_LeavesItsCountsExact()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 6, PostsPerUser = 5, ExtraPostsOfFirstUser = 350 },
            configure: options => (options.Concurrency, options.MaxAttempts) = (1, 1000));
        var order = cluster.UserDids.Order(StringComparer.Ordinal).ToList();
        var large = cluster.Forum.Users[0].Did;
        var released = new TaskCompletionSource();
        var down = true;
        // The large one waits in its middle; whoever is asked last is held until the others were read by hand.
        cluster.Pds.Fault = request =>
            request.Method != ListRecords ? null
            : request.Did == large && request.Collection == ForumRecords.Post && request.Cursor is not null && down ? PdsFault.Error(503, "UpstreamFailure")
            : request.Did == order[^1] && request.Did != large && !released.Task.IsCompleted ? PdsFault.HeldUntil(released.Task)
            : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        var last = order[^1] == large ? order[^2] : order[^1];
        await cluster.UntilAsync(run => run.Deferred == 1 && run.DidsDone >= order.Count - 2);

        down = false;
        var middle = await SyncNowAsync(cluster, large);
        var settled = order.First(did => did != large && did != last);
        var again = await SyncNowAsync(cluster, settled);
        released.SetResult();

        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.IsType<RepoOutcome.Completed>(middle.Outcome);
        Assert.Equal((0, 6), (again.Counts.Indexed, again.Counts.Unchanged));
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, run.Counts with { Requests = 0, Bytes = 0 });
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task SyncNow_BeforeTheRunComesToTheRepository_IsNotCountedByTheRun()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.Concurrency = 1);
        var last = cluster.UserDids.Order(StringComparer.Ordinal).Last();
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = request => request.Did != last && !released.Task.IsCompleted ? PdsFault.HeldUntil(released.Task) : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });

        // The directory's questions about others are held; this one's are not.
        var slice = await SyncNowAsync(cluster, last);
        released.SetResult();

        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((6, cluster.Forum.RecordCount - 6), (slice.Counts.Indexed, run.Counts.Indexed));
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Waiting_WhileTheDirectoryDoesNotAnswer_NamesTheDirectorysHost()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => (options.MaxAttempts, options.RetryBaseDelay) = (100, TimeSpan.FromMinutes(5)));
        var user = cluster.Forum.Users[0];
        cluster.Pds.Fault = request => request.Did == user.Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });

        var run = await cluster.UntilAsync(run => run.Waiting.Any(repo => repo.Did == user.Did));

        var parked = run.Waiting.Single(repo => repo.Did == user.Did);
        Assert.Equal((user.Did, cluster.Pds.Origin.Authority), (parked.Did, parked.Host));
        var report = await cluster.RepoOf(user.Did).GetStateAsync();
        Assert.Null(report.Pds);
        Assert.Equal(parked, report.Parked);
        await cluster.Backfill.CancelAsync(start.RunId!.Value);
    }

    [Fact]
    public async Task SyncNow_OfWhatFailed_ClearsItsErrors()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1);
        var (spoilt, down) = (cluster.Forum.Users[0], cluster.Forum.Users[1]);
        spoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        cluster.Pds.Fault = request => request.Did == down.Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var failed = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(2, (await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(failed.RunId))).Count);

        // Still bad: an error of the run, and one by hand.
        Assert.Equal(1, (await SyncNowAsync(cluster, spoilt.Did)).Counts.Failed);
        Assert.Equal(2, (await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(failed.RunId))).Count);
        Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(0)));
        // Still down: nobody waits for it, and its error stays.
        Assert.IsType<RepoOutcome.GivenUp>((await SyncNowAsync(cluster, down.Did)).Outcome);

        cluster.Pds.Fault = null;
        spoilt.Put(ForumRecords.Post, "3zzzzzzzzzzzz", New);
        await SyncNowAsync(cluster, spoilt.Did);
        await SyncNowAsync(cluster, down.Did);

        Assert.Equal(0L, await cluster.Database.ScalarAsync("select count(*) from backfill_errors"));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>Whoever asks for it is told that it waits, and has nothing more to do. Should the activation be lost meanwhile, the reminder brings it back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SyncNow_OfOneThatCannotBeReadForNow_GoesOnByItselfWhenItIsDue(bool isLost)
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.RetryBaseDelay = TimeSpan.FromMilliseconds(isLost ? 2_000 : 20));
        var user = cluster.Forum.Users[0];
        var failures = 2;
        // While it is still to be lost, it must not be read, and be done with its reminder, however long the machine takes.
        var maySucceed = !isLost;
        cluster.Pds.Fault = request => request.Method == ListRecords && (Interlocked.Decrement(ref failures) >= 0 || !Volatile.Read(ref maySucceed)) ? PdsFault.Error(503, "UpstreamFailure") : null;

        Assert.IsType<RepoOutcome.Parked>((await SyncNowAsync(cluster, user.Did)).Outcome);
        if (isLost)
        {
            await cluster.DeactivateAsync(cluster.RepoOf(user.Did));
            // It has one, and here its tick comes sooner than in a minute.
            await cluster.TickAsync(cluster.RepoOf(user.Did), "by-hand");
            Volatile.Write(ref maySucceed, true);
        }

        var read = await cluster.UntilRepoAsync(user.Did, repo => repo.SyncedAt is not null);
        Assert.Equal((0, null, user.Rev.Value), (read.Attempts, read.RetryAfter, read.Rev));
        Assert.Equal(6, await cluster.Database.NumberAsync($"select (select count(*) from posts where did = '{user.Did}') + (select count(*) from memberships where did = '{user.Did}')"));
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
        await cluster.UntilForgottenAsync(cluster.RepoOf(user.Did), "by-hand");
    }

    /// <summary>The run has it half read, and no attempts while it is paused.</summary>
    [Fact]
    public async Task SyncNow_OfWhatAPausedRunHasHalfRead_GoesOnByItselfWhenItIsDue()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 2, PostsPerUser = 5, ExtraPostsOfFirstUser = 250 }, configure: options => options.MaxAttempts = 1_000);
        var large = cluster.Forum.Users[0].Did;
        cluster.Pds.Fault = request => request.Did == large && request.Collection == ForumRecords.Post && request.Cursor is not null ? PdsFault.Error(503, "UpstreamFailure") : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Deferred == 1);
        await cluster.Backfill.PauseAsync(start.RunId!.Value);

        Assert.IsType<RepoOutcome.Parked>((await SyncNowAsync(cluster, large)).Outcome);
        cluster.Pds.Fault = null;

        var read = await cluster.UntilRepoAsync(large, repo => repo.IsSettled);
        Assert.Equal((start.RunId, 0), (read.RunId, read.Attempts));
        await cluster.Backfill.ResumeAsync(start.RunId.Value);
        Assert.Equal(cluster.Forum.RecordCount, (await cluster.EndOfAsync(start.RunId.Value)).Counts.Indexed);
    }

    [Fact]
    public async Task SyncNow_ParkedByAClockThatIsSetBackSince_IsReadWithoutWaitingForItsTime()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.RetryBaseDelay = TimeSpan.FromMinutes(5));
        var user = cluster.Forum.Users[0];
        cluster.Pds.Fault = request => request.Method == ListRecords ? PdsFault.Error(503, "UpstreamFailure") : null;
        Assert.IsType<RepoOutcome.Parked>((await SyncNowAsync(cluster, user.Did)).Outcome);
        await cluster.DeactivateAsync(cluster.RepoOf(user.Did));
        Assert.Equal(1, await cluster.Database.ExecuteAsync($"update repos set retry_after = '2999' || substr(retry_after, 5) where did = '{user.Did}'"));
        cluster.Pds.Fault = null;

        await cluster.TickAsync(cluster.RepoOf(user.Did), "by-hand");

        var read = await cluster.UntilRepoAsync(user.Did, repo => repo.SyncedAt is not null);
        Assert.Equal((0, null, user.Rev.Value), (read.Attempts, read.RetryAfter, read.Rev));
    }

    [Fact]
    public async Task SyncNow_OfOneThatCannotBeRead_IsGivenUpAfterAsManyAttemptsAsInARun()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 3);
        var user = cluster.Forum.Users[0];
        cluster.Pds.Fault = request => request.Method == ListRecords ? PdsFault.Error(503, "UpstreamFailure") : null;

        await SyncNowAsync(cluster, user.Did);

        // Also while its next attempt is under way nothing is parked: the error says that there is none.
        await cluster.UntilRepoAsync(user.Did, repo => repo is { RetryAfter: null, OpenErrors: > 0 });
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(0)));
        Assert.Equal((user.Did, "unreachable"), (error.Did, error.Kind));
        Assert.Equal(3, cluster.Pds.Log.CountOf(ListRecords));
    }

    [Fact]
    public async Task SyncNow_OfADeletedAccount_RemovesItsRowsWithOneCall()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var gone = cluster.Forum.Users[0];
        cluster.Pds.SetState(gone.Did, AccountState.Deleted);

        Assert.IsType<RepoOutcome.Parked>((await SyncNowAsync(cluster, gone.Did)).Outcome);

        var deleted = await cluster.UntilRepoAsync(gone.Did, repo => repo.Status == "deleted");
        Assert.Equal((0, null), (deleted.Attempts, deleted.RetryAfter));
        Assert.Equal(0, await cluster.Database.NumberAsync($"select count(*) from posts where did = '{gone.Did}'"));
    }

    [Fact]
    public async Task SyncNow_ThatComesToNothing_LeavesTheNextRunNothingToRead()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1);
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        cluster.Pds.Fault = request => request.Method == ListRecords ? PdsFault.Error(503, "UpstreamFailure") : null;

        Assert.IsType<RepoOutcome.GivenUp>((await SyncNowAsync(cluster, user.Did)).Outcome);

        var state = await cluster.RepoOf(user.Did).GetStateAsync();
        Assert.Equal(2, state.Cursors.Count);
        Assert.All(state.Cursors, cursor => Assert.Equal(user.Rev.Value, cursor.Rev));
        cluster.Pds.Log.Clear();
        // No page of anybody's, so the fault is not met.
        Assert.Equal((RunStatus.Completed, 0), await cluster.RunAsync(RunType.CatchUp) is { } run ? (run.Status, run.Counts.Failed) : default);
        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
    }
}
