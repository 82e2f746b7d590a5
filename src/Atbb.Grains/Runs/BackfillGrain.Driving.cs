using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing;
using Atbb.Indexing.Repos;
using Orleans.Storage;

namespace Atbb.Grains.Runs;

/// <summary>The run under way: its two phases, its heartbeat, its end.</summary>
sealed partial class BackfillGrain
{
    bool isSaidToBeHeldBack;

    // A look at who was found asks the index, and nobody minds some seconds.
    const int CheckpointsBetweenLooks = 10;

    // In the log; the settings name the others.
    const int LeftOutNamed = 20;

    /// <summary>
    /// Drives a run that is under way and not driven here: after a crash, after a resume, and after a pause that could not be saved.
    /// </summary>
    void GoOn()
    {
        if (run is not { Status: RunStatus.InProgress } || !driving.IsCompleted)
            return;

        LogResuming(run.RunId, run.Phase, run.Round, run.LowWaterMark ?? FromTheStart, run.DidsDone, run.DidsTotal);
        Drive();
    }

    /// <summary>Goes on with the run from its checkpoint. Returns at once; the work goes on between the grain's other turns.</summary>
    void Drive()
    {
        // Driven before and ended by itself: a heartbeat that went on would beat twice.
        heartbeat?.Dispose();
        stop?.Dispose();
        stop = new CancellationTokenSource();
        pulse.Begin();
        trouble = new RunTrouble();
        window = null;
        heartbeat = this.RegisterGrainTimer(BeatAsync, new GrainTimerCreationOptions
        {
            DueTime = options.CheckpointInterval,
            Period = options.CheckpointInterval,
            // Nobody has to call for the run to stay in memory, and a checkpoint does not wait for a caller's turn to end.
            KeepAlive = true,
            Interleave = true,
        });
        if (options.SkipDids.Count + options.SkipHosts.Count > 0)
            LogLeavingOut(run!.RunId, options.SkipDids.Count, options.SkipHosts.Count, string.Join(", ", options.SkipHosts.Concat(options.SkipDids).Take(LeftOutNamed)));
        driving = DriveAsync(stop.Token);
    }

    /// <summary>Lets every repository end its page, and stops driving.</summary>
    async Task HaltAsync()
    {
        if (stop is null)
            return;

        await stop.CancelAsync();
        // However it ended: what failed has been said where it failed.
        await driving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        heartbeat?.Dispose();
        heartbeat = null;
        stop.Dispose();
        stop = null;
    }

    async Task DriveAsync(CancellationToken halt)
    {
        // Let the turn that started the run end first: its caller waits for the run's id, not for the run.
        await Task.Yield();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(halt);
        (work, broken) = (either, null);
        var cancellationToken = either.Token;
        try
        {
            await ForgetEmptiedAsync(cancellationToken);
            unanswered = [.. await patience.WaitForAsync(token => errors.ListUnansweredAsync(run!.RunId, token), cancellationToken)];
            await using var inquiry = AskRelays(cancellationToken);
            do
            {
                if (run!.Phase is RunPhase.Forum)
                    await ReadForumAsync(cancellationToken);
                await ReadUsersAsync(inquiry, cancellationToken);
                await ClearErrorsAsync(cancellationToken);
            }
            while (await GoRoundAgainAsync(cancellationToken));
            await UntilDoneAsync(() => EndAsync(RunStatus.Completed, error: null), cancellationToken);
        }
        catch (OperationCanceledException) when (halt.IsCancellationRequested)
        {
            // Paused, cancelled or shut down: whoever did it says what becomes of the run.
        }
        catch (InconsistentStateException)
        {
            // Taken over: the run is no longer this activation's.
        }
        catch (Exception) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // What it calls is being taken down around it. That says nothing of the run, which goes on where its checkpoint stands.
        }
        catch (Exception e)
        {
            // A bug, here, in the heartbeat or in a repository's grain. It is not counted as a bad record: the run ends with it, loudly.
            await FailAsync(broken ?? e, halt);
        }
        finally
        {
            work = null;
            metrics.Hide();
        }
    }

    async Task FailAsync(Exception bug, CancellationToken cancellationToken)
    {
        var reason = IndexOutage.ReasonOf(bug);
        LogFailed(bug, run!.RunId, reason);
        try
        {
            await UntilDoneAsync(() => EndAsync(RunStatus.Failed, reason), cancellationToken);
        }
        catch (Exception e) when (IsBugOfTheEnd(e))
        {
            LogNotKept(e, run.RunId, IndexOutage.ReasonOf(e));
            await FailBareAsync(reason, cancellationToken);
        }
    }

    /// <summary>
    /// Ends a run whose bug stands in the way of its end, too: without its last error rows, and if need be in this grain's memory alone. Whoever asks is told
    /// that it has failed, and nobody drives it on; a restart does, meets the bug again, or finds it mended.
    /// </summary>
    async Task FailBareAsync(string reason, CancellationToken cancellationToken)
    {
        try
        {
            await UntilDoneAsync(() => SaveAsync(last => last.IsUnfinished ? Ended(last, RunStatus.Failed, reason, leftOver: 0) : last), cancellationToken);
        }
        catch (Exception e) when (IsBugOfTheEnd(e))
        {
            if (run!.IsUnfinished)
                run = Ended(run, RunStatus.Failed, reason, leftOver: 0);
            pulse.Beat();
        }

        LeaveOffDriving();
    }

    void LeaveOffDriving()
    {
        heartbeat?.Dispose();
        heartbeat = null;
        window = null;
    }

    // Not a halt, another activation, or what is said while everything is taken down: those are none of the run's.
    bool IsBugOfTheEnd(Exception e) => e is not (OperationCanceledException or InconsistentStateException) && !lifetime.ApplicationStopping.IsCancellationRequested;

    async Task ReadForumAsync(CancellationToken cancellationToken)
    {
        window = OpenWindow(new ForumSource(ForumDid));
        await window.DrainAsync(cancellationToken);

        var total = await patience.WaitForAsync(CountUsersAsync, cancellationToken);
        var entered = run!.At(window).EnterUsers(window.Ledger.Counts, total);
        window = null;
        // Saved before the first user: the forum's own repository is read once more then, for what its owner wrote as a user, and its
        // row from there on speaks of that.
        await UntilDoneAsync(() => SaveAsync(_ => entered), cancellationToken);
    }

    PagedSource UserSource() => run is { RetryOf: { } failed, Round: 0, RunId: var retry }
        ? SourceOf((after, limit, token) => errors.PageDidsAsync(failed, retry, after, limit, token))
        : SourceOf(ScopeOf(run!.Round));

    PagedSource SourceOf(RepoScope scope) => SourceOf((after, limit, token) => repos.PageAsync(scope, after, limit, token));

    PagedSource SourceOf(Func<string?, int, CancellationToken, Task<IReadOnlyList<string>>> page)
    {
        var (runId, phase) = (run!.RunId, (int)run.Phase);
        // Whoever has an error of this run is asked, be it settled since: the error goes with that.
        return new PagedSource(page, (dids, token) => settled.CountsAmongAsync(runId, phase, [.. dids.Where(did => !unanswered.Contains(did))], token), patience);
    }

    Task<long> CountUsersAsync(CancellationToken cancellationToken) => run is { RetryOf: { } failed, Round: 0 }
        ? errors.CountDidsAsync(failed, cancellationToken)
        : repos.CountAsync(ScopeOf(run!.Round), cancellationToken);

    /// <summary>What this run has read well is no error of an earlier one any more.</summary>
    async Task ClearErrorsAsync(CancellationToken cancellationToken)
    {
        var cleared = await patience.WaitForAsync(token => errors.ClearOvertakenAsync(did: null, token), cancellationToken);
        if (cleared > 0)
            LogCleared(run!.RunId, cleared);
    }

    RepoWindow OpenWindow(IRepoSource source, Func<RepoWindow, CancellationToken, Task<IRepoSource?>>? nextRound = null)
    {
        var (runId, phase, isRetry) = (run!.RunId, run.Phase, run.Type is RunType.Retry);
        var caller = new RepoCaller(
            async (did, token) =>
            {
                await AskAgainAsync(runId, did, token);
                var repo = (repoGrains ??= new(GrainFactory)).Get(did);
                return await (isRetry ? repo.RereadAsync(runId, phase, ForumDid, token) : repo.SyncAsync(runId, phase, ForumDid, token));
            },
            (did, kind, reason, token) => GiveUpAsync(runId, did, kind, reason, token),
            outage, options, time, random);
        return new RepoWindow(run.OpenLedger(), options.Concurrency, Waits.Longest(options, protocol.Value), source, time, trouble, caller.SyncAsync, options.CheckpointInterval * CheckpointsBetweenLooks, nextRound)
        {
            LongestStart = options.ListingPatience,
        };
    }

    /// <summary>
    /// One that did not answer before the run was interrupted, and lies above its mark, is not among its failures: it is asked again, and its error would
    /// stand beside whatever it comes to.
    /// </summary>
    async Task AskAgainAsync(long runId, string did, CancellationToken cancellationToken)
    {
        if (unanswered.Remove(did))
            await patience.WaitForAsync(token => errors.RemoveUnansweredAsync(runId, did, token), cancellationToken);
    }

    /// <summary>Writes the error that a repository's own grain is not there to write.</summary>
    async Task GiveUpAsync(long runId, string did, string kind, string reason, CancellationToken cancellationToken)
    {
        LogNotAnswered(runId, did, kind, reason);
        await patience.WaitForAsync(
            async token =>
            {
                await errors.AddAsync(runId, did, kind, reason, token);
                return true;
            },
            cancellationToken);
    }

    /// <summary>The run has ended, and there is nothing to come back to.</summary>
    async Task EndAsync(RunStatus status, string? error)
    {
        if (!run!.IsUnfinished)
            return;

        // What has failed and waits for its next attempt would otherwise be left out of the run's errors, and of its retry.
        var leftOver = status is RunStatus.Completed ? 0 : await errors.AddLeftOverAsync(run.RunId, CancellationToken.None);
        var relaysLeftOut = await errors.CountRelaysAsync(run.RunId, CancellationToken.None);
        await SaveAsync(last => Ended(last, status, error, leftOver));
        // Nothing is left to be written that could tell.
        outage.End(DatabasePart.Index, isWrite: true);
        LeaveOffDriving();
        LogEnd(run, relaysLeftOut);
        await ForgetReminderAsync();
    }

    RunState Ended(RunState last, RunStatus status, string? error, long leftOver)
    {
        // Completed, every repository has said what it came to: exact, and not what was shown before.
        var progress = ProgressOf(status is RunStatus.Completed ? last with { Shown = default } : last);
        // Relays are given up beside any window.
        return (last with { LastingError = trouble.Lasting ?? last.LastingError }).End(status, progress with { Counts = progress.Counts + new SyncCounts { Failed = leftOver } }, time.GetUtcNow(), error);
    }

    void LogEnd(RunState ended, long relaysLeftOut)
    {
        var seconds = (ended.FinishedAt!.Value - ended.StartedAt).TotalSeconds;
        var counts = ended.Counts;
        switch (ended.Status)
        {
            case RunStatus.Completed when counts.Failed + relaysLeftOut == 0:
                LogCompleted(ended.RunId, ended.Type, ended.DidsDone, counts.Indexed, counts.Updated, counts.Unchanged, counts.Deleted, seconds);
                break;
            case RunStatus.Completed:
                LogCompletedWithErrors(
                    ended.RunId, ended.Type, ended.DidsDone, counts.Indexed, counts.Updated, counts.Unchanged, counts.Deleted, counts.Failed, relaysLeftOut, seconds);
                break;
            case RunStatus.Cancelled:
                LogCancelled(ended.RunId, ended.Type, ended.DidsDone, seconds);
                break;
            case RunStatus.Failed:
                // Said where it failed, with its stack.
                break;
            default:
                throw new InvalidOperationException($"A run does not end as {ended.Status}.");
        }
    }

    async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (run is not { Status: RunStatus.InProgress } || window is null)
            return;

        var counts = window.Counts;
        pulse.Note(counts.Records, window.Ledger.Done);
        metrics.Show(ProgressOf(run));
        LogProgress(run.RunId, run.Type, run.Phase, window.Ledger.Done, run.DidsTotal, counts.Records, pulse.RecordsPerSecond);
        if (window.IsHeldBack && !isSaidToBeHeldBack)
        {
            var most = window.Hosts is [var first, ..] ? first : null;
            LogHeldBack(run.RunId, window.Deferred, most?.Repos ?? 0, most?.Host ?? "one host");
        }

        isSaidToBeHeldBack = window.IsHeldBack;
        try
        {
            await TryCheckpointAsync();
        }
        catch (Exception e) when (work is not null && IsBugOfTheEnd(e))
        {
            // Swallowed, it would be met again at every beat, and by the run at its end alone.
            broken ??= e;
            await work.CancelAsync();
        }

        pulse.Beat();
    }

    async Task TryCheckpointAsync()
    {
        try
        {
            // The run may have ended while this waited for its turn to save: then there is nothing to add.
            await SaveAsync(current => current.Status is RunStatus.InProgress ? current.At(window) : current);
            outage.End(DatabasePart.RunState);
        }
        catch (Exception e) when (IndexOutage.Is(e))
        {
            // The next beat tries again. Until then a kill costs asking more repositories again, and nothing else.
            outage.Begin(DatabasePart.RunState, $"the checkpoint is not saved: {e.Message}");
        }
        catch (InconsistentStateException)
        {
            // Taken over, which has been said.
        }
    }

    /// <summary>Tries until it is done: a run must not be lost at its end because the database was restarted just then.</summary>
    async Task UntilDoneAsync(Func<Task> act, CancellationToken cancellationToken) =>
        await patience.WaitForAsync(
            DatabasePart.RunState,
            async _ =>
            {
                try
                {
                    await act();
                    return true;
                }
                catch (Exception e) when (IndexOutage.Is(e))
                {
                    throw new IndexUnavailableException(e.Message, e);
                }
            },
            cancellationToken);
}
