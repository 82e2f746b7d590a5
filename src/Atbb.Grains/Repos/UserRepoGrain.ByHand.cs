using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>Reading the repository because somebody asked for it, beside the runs.</summary>
sealed partial class UserRepoGrain
{
    // What a run has here, while the state in memory is that of a pass by hand; null at all other times.
    RunShare? laidAside;

    const string ReminderName = "by-hand";

    static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    // The next attempt of a pass by hand, while this activation lives to make it; the reminder is there for when it does not.
    IGrainTimer? attempts;
    bool isAttemptDue;

    // What the pass by hand has come to in its slices so far; null: none is under way.
    RepoCounts? byHand;

    public async Task<RepoSlice> SyncNowAsync(string forumDid, CancellationToken cancellationToken)
    {
        // A run would have an error row to show for it, which whoever called by mistake can do nothing about; and the index would lack it for good.
        if (!Did.TryParse(Key, out _))
            throw new ArgumentException($"'{Key}' is not a DID (did:method:id).");
        if (ForumCheck.FaultOf(forumDid, forum.Value) is { } fault)
            throw new AnotherForumException(fault);

        var slice = await SliceAsync(runId: null, () => SyncByHandAsync(forumDid, RepoPass.EnterByHand, cancellationToken));
        // Whoever asked is told when the next attempt is due, and need not wait for it. Of what has more to read, it is asked for by him.
        if (slice.Outcome is not RepoOutcome.More)
        {
            var next = await RunAtItAsync(forumDid) is RunStatus.InProgress ? null : slice.Outcome;
            await index.TranslateAsync(() => ComeBackAfterAsync(next));
        }

        await TellTheRunAsync(forumDid, slice.Outcome);
        return slice;
    }

    // Once a minute, so that a pass by hand that waits for its next attempt comes to its end whatever becomes of this activation.
    public Task ReceiveReminder(string reminderName, TickStatus status) =>
        isAttemptDue ? Task.CompletedTask : GoOnByHandAsync(CancellationToken.None);

    /// <summary>The next attempt of a pass by hand, with nobody waiting for it.</summary>
    async Task GoOnByHandAsync(CancellationToken cancellationToken)
    {
        isAttemptDue = false;
        var forumDid = forum.Value.Did;
        var slice = await SliceAsync(runId: null, async () =>
        {
            known ??= await repos.LoadAsync(Key, cancellationToken);
            // A run that has come to it meanwhile reads it, and has its own attempts. One that is paused has none: nobody would come back.
            if (await RunAtItAsync(forumDid) is RunStatus.InProgress)
                return null;

            return Repo.RetryAfter is { } due && Waits.IsAhead(due, time.GetUtcNow(), longestWait)
                ? SliceOf(Parked(due, Repo.LastError ?? "waiting for its next attempt", host: null))
                : await SyncByHandAsync(forumDid, static repo => repo.GoOnByHand(default), cancellationToken);
        });
        await ComeBackAfterAsync(slice?.Outcome);
        await TellTheRunAsync(forumDid, slice?.Outcome);
    }

    // It may have been told to come back in an hour, and everything may wait for it: the forum's own repository.
    Task TellTheRunAsync(string forumDid, RepoOutcome? outcome) => outcome is RepoOutcome.Completed or RepoOutcome.Gone
        ? GrainFactory.GetGrain<IRunListener>(forumDid).RepoIsBackAsync(Key)
        : Task.CompletedTask;

    /// <summary>Sees to the next attempt of a pass by hand, or that there is none.</summary>
    async Task ComeBackAfterAsync(RepoOutcome? outcome)
    {
        TimeSpan? wait = outcome switch
        {
            RepoOutcome.Parked { Until: var until } => Waits.Left(until, time.GetUtcNow(), longestWait),
            // A turn of its own for each slice, so that nobody who calls has to wait for the last.
            RepoOutcome.More => TimeSpan.Zero,
            _ => null,
        };

        isAttemptDue = wait is not null;
        // Made once, and never disposed of in its own turn: that would cancel the turn.
        attempts ??= this.RegisterGrainTimer(GoOnByHandAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        attempts.Change(wait ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (isAttemptDue)
        {
            await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        else if (await this.GetReminder(ReminderName) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    async Task<RepoSlice> SyncByHandAsync(string forumDid, Func<RepoState, RepoState> enter, CancellationToken cancellationToken)
    {
        known ??= await repos.LoadAsync(Key, cancellationToken);
        if (await RunInTheMiddleAsync(forumDid) is { } runId)
        {
            // Its pages are half read, and counted: it is read on for the run, which finds it done when it asks again.
            byHand = null;
            // Not known here: of a run that reads everything again, no listing may settle anything.
            readsAfresh = true;
            known = Repo.ForgetIdentity() with { RetryAfter = null };
            return SliceOf(await ReadOnAsync(runId, (RunPhase)Repo.Phase, forumDid, static repo => repo, cancellationToken));
        }

        laidAside = RunShare.Of(Repo);
        known = byHand is { } soFar ? Repo.GoOnByHand(soFar) : enter(Repo);
        try
        {
            var outcome = await ReadAsync(RepoPass.CollectionsByHand(isForum: Key == forumDid), forumDid, cancellationToken);
            var slice = SliceOf(outcome);
            byHand = outcome is RepoOutcome.More ? known?.Counts : null;
            if (outcome is RepoOutcome.Completed or RepoOutcome.Gone)
                await errors.ClearOvertakenAsync(Key, cancellationToken);
            return slice;
        }
        catch
        {
            byHand = null;
            throw;
        }
        finally
        {
            known = known is null ? null : laidAside.Value.Restore(known);
            laidAside = null;
        }
    }

    /// <summary>The unfinished run that has begun to read the repository and has not ended; null when there is none.</summary>
    async Task<long?> RunInTheMiddleAsync(string forumDid)
    {
        if (Repo is not { RunId: { } runId, Phase: > 0 } || !Repo.HasBegun(RepoPass.CollectionsOf((RunPhase)Repo.Phase)))
            return null;

        return await RunAtItAsync(forumDid) is null ? null : runId;
    }

    /// <summary>The state of the unfinished run that has come to the repository and is not done with it; null when there is none.</summary>
    async Task<RunStatus?> RunAtItAsync(string forumDid)
    {
        if (known is not { RunId: { } runId, IsSettled: false })
            return null;

        var run = await GrainFactory.GetGrain<IBackfillGrain>(forumDid).GetProgressAsync();
        return run is { IsFinished: false } && run.RunId == runId ? run.Status : null;
    }

    /// <summary>A batch as it is to be written: by hand, it leaves what the run has here as it is.</summary>
    RecordBatch Addressed(RecordBatch batch) =>
        laidAside is { } share ? batch with { Repo = share.Restore(batch.Repo), IsByHand = true } : batch;

    /// <summary>The state after a batch was written.</summary>
    RepoState Written(RecordBatch batch, BatchResult result) => laidAside is null
        ? result.Repo
        : RunShare.Of(batch.Repo with { Counts = batch.Repo.Counts + result.Counts }).Restore(result.Repo);
}
