using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>Reading the repository because somebody asked for it, beside the runs.</summary>
sealed partial class UserRepoGrain
{
    // What a run has here, while the state in memory is that of a pass by hand; null at all other times.
    RunShare? laidAside;

    // What the pass by hand has come to in its slices so far; null: none is under way.
    RepoCounts? byHand;

    public Task<RepoSlice> SyncNowAsync(string forumDid, CancellationToken cancellationToken) =>
        SliceAsync(() => SyncByHandAsync(forumDid, cancellationToken));

    async Task<RepoSlice> SyncByHandAsync(string forumDid, CancellationToken cancellationToken)
    {
        known ??= await repos.LoadAsync(Key, cancellationToken);
        if (await RunInTheMiddleAsync(forumDid) is { } runId)
        {
            // Its pages are half read, and counted: it is read on for the run, which finds it done when it asks again.
            byHand = null;
            known = Repo with { RetryAfter = null };
            return SliceOf(await ReadOnAsync(runId, (RunPhase)Repo.Phase, forumDid, static repo => repo, cancellationToken));
        }

        laidAside = RunShare.Of(Repo);
        known = byHand is { } soFar ? Repo.GoOnByHand(soFar) : Repo.EnterByHand();
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
        if (Repo is not { RunId: { } runId, IsSettled: false, Phase: > 0 } || !Repo.HasBegun(RepoPass.CollectionsOf((RunPhase)Repo.Phase)))
            return null;

        var run = await GrainFactory.GetGrain<IBackfillGrain>(forumDid).GetProgressAsync();
        return run is { IsFinished: false } && run.RunId == runId ? runId : null;
    }

    /// <summary>A batch as it is to be written: by hand, it leaves what the run has here as it is.</summary>
    RecordBatch Addressed(RecordBatch batch) =>
        laidAside is { } share ? batch with { Repo = share.Restore(batch.Repo), IsByHand = true } : batch;

    /// <summary>The state after a batch was written.</summary>
    RepoState Written(RecordBatch batch, BatchResult result) => laidAside is null
        ? result.Repo
        : RunShare.Of(batch.Repo with { Counts = batch.Repo.Counts + result.Counts }).Restore(result.Repo);
}
