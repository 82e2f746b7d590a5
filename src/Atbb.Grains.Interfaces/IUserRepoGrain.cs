using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Orleans.Concurrency;

namespace Atbb.Grains.Interfaces;

/// <summary>
/// One account's repository, by its DID. It alone writes that account's records to the index, so that no two pages of it ever race. The row of the repository itself is
/// also written for the run: to have it read, or, with another version by which this grain notices, to have it read anew.
/// </summary>
[Alias("atbb.IUserRepoGrain")]
public interface IUserRepoGrain : IGrainWithStringKey
{
    /// <summary>
    /// Reads on in the repository for a bounded time and says whether there is more. A repository that the run is done with answers
    /// so at once, with the same counts, however often it is asked.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="phase">Which collections.</param>
    /// <param name="forumDid">The forum the run is for: its own repository may have a configured PDS.</param>
    /// <param name="cancellationToken">Ends the slice after the page in flight; its outcome is then <see cref="RepoOutcome.More"/>.</param>
    [ResponseTimeout("00:05:00"), Alias("Sync")]
    Task<RepoSlice> SyncAsync(long runId, RunPhase phase, string forumDid, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="SyncAsync"/>, but reads every page also when the repository has not changed: what failed last time is in it still.</summary>
    /// <inheritdoc cref="SyncAsync"/>
    [ResponseTimeout("00:05:00"), Alias("Reread")]
    Task<RepoSlice> RereadAsync(long runId, RunPhase phase, string forumDid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the repository now, in full, whether or not it has changed and whatever keeps it from being asked: for a bounded time, so ask again
    /// while the outcome is <see cref="RepoOutcome.More"/>. Works while a run goes on, and is no part of it: the run's counts do not move. Only a
    /// repository that an unfinished run has half read is read on for that run, and counted there.
    /// </summary>
    /// <param name="forumDid">The forum: its own repository is read in all collections, and may have a configured PDS.</param>
    /// <param name="cancellationToken">Ends the slice after the page in flight.</param>
    /// <returns>How it ended, and what it came to. A failure that may pass is <see cref="RepoOutcome.Parked"/>: the repository goes on by
    /// itself then, as often as a run would, over restarts too, and what becomes of it in the end shows in its state and in the errors by hand.</returns>
    /// <exception cref="AnotherForumException">The service is for another forum.</exception>
    [ResponseTimeout("00:05:00"), Alias("SyncNow")]
    Task<RepoSlice> SyncNowAsync(string forumDid, CancellationToken cancellationToken = default);

    /// <summary>What is known of the repository. Answers also while it is being read.</summary>
    [AlwaysInterleave, Alias("GetState")]
    Task<RepoReport> GetStateAsync();
}
