using Atbb.Grains.Interfaces.Runs;
using Orleans.Concurrency;

namespace Atbb.Grains.Interfaces;

/// <summary>
/// The backfill of one forum. Its key is the forum's DID, so there is one of it in a cluster, and one run at a time.
/// </summary>
/// <remarks>
/// Methods that change something take a parameter: the dashboard's grain details call every method that takes none.
/// </remarks>
[Alias("atbb.IBackfillGrain")]
public interface IBackfillGrain : IGrainWithStringKey
{
    /// <summary>Says whether a backfill is needed. Changes nothing.</summary>
    [Alias("Decide")]
    Task<BackfillDecision> DecideAsync();

    /// <summary>Starts a run and answers at once; the run goes on by itself, through crashes, until it has ended.</summary>
    [Alias("Start")]
    Task<StartResult> StartAsync(StartRequest request);

    /// <summary>
    /// What a starting silo calls: an unfinished run goes on; without one, a run is started if it is needed and asked for. Any number of
    /// silos may call it together.
    /// </summary>
    /// <param name="startIfNeeded">Whether to start a run when none is unfinished and the decision says that one is needed.</param>
    [Alias("WakeUp")]
    Task<StartResult> WakeUpAsync(bool startIfNeeded);

    /// <summary>
    /// Starts a run that reads again, in full, every repository of which another run has errors: repositories given up, and those with records
    /// that failed. What goes well then clears its error, here and in every earlier run; what fails again stands among the new run's errors too.
    /// </summary>
    /// <param name="runId">The run whose errors are to be retried.</param>
    /// <param name="requestKey">As <see cref="StartRequest.RequestKey"/>.</param>
    [Alias("Retry")]
    Task<StartResult> RetryAsync(long runId, string? requestKey = null);

    /// <summary>Stops the run within a page of each repository. It stays stopped, also over restarts, until it is resumed.</summary>
    /// <returns>The run as it then stands, also when it was paused before; null when there is no such unfinished run.</returns>
    [Alias("Pause")]
    Task<RunProgress?> PauseAsync(long runId);

    /// <summary>Goes on with a paused run.</summary>
    /// <returns>The run as it then stands; null when there is no such unfinished run.</returns>
    [Alias("Resume")]
    Task<RunProgress?> ResumeAsync(long runId);

    /// <summary>Ends the run within a page of each repository. What it has indexed stays.</summary>
    /// <returns>The run as it then stands; null when there is no such unfinished run.</returns>
    [Alias("Cancel")]
    Task<RunProgress?> CancelAsync(long runId);

    /// <summary>The current run or, when none is under way, the last one; null when there has been none. Answers also during a long turn.</summary>
    [AlwaysInterleave, Alias("GetProgress")]
    Task<RunProgress?> GetProgressAsync();

    /// <summary>The current run's progress, once a second and at every change of state, until it has ended or is paused.</summary>
    [AlwaysInterleave, Alias("Watch")]
    IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>One run; null when there is none with that id.</summary>
    [AlwaysInterleave, Alias("GetRun")]
    Task<RunProgress?> GetRunAsync(long runId);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="limit">At most this many, 1 to 1,000.</param>
    /// <param name="before">Only runs with a smaller id; null: from the newest.</param>
    [AlwaysInterleave, Alias("ListRuns")]
    Task<IReadOnlyList<RunProgress>> ListRunsAsync(int limit, long? before);

    /// <summary>A page of a run's errors, in the order of their ids.</summary>
    [AlwaysInterleave, Alias("ListErrors")]
    Task<IReadOnlyList<RunError>> ListErrorsAsync(RunErrorQuery query);

    /// <summary>How many errors a run has; the page and the limit of the query do not count.</summary>
    [AlwaysInterleave, Alias("CountErrors")]
    Task<long> CountErrorsAsync(RunErrorQuery query);

    /// <summary>Whether the index is whole, from what is known of runs and their errors.</summary>
    [AlwaysInterleave, Alias("JudgeIndex")]
    Task<IndexReport> JudgeIndexAsync();

    /// <summary>
    /// A page of what is missing in the index, in the order of the errors' ids: what <see cref="IndexReport.OpenErrors"/> counts. What failed in several runs is
    /// there once, with the error that it was last.
    /// </summary>
    [AlwaysInterleave, Alias("ListOpenErrors")]
    Task<IReadOnlyList<RunError>> ListOpenErrorsAsync(OpenErrorQuery query);

    /// <summary>
    /// The DIDs of the repositories that claim a handle in their DID documents, up to 100; none when the index knows none. Handles are not verified,
    /// and anybody may claim any: several may.
    /// </summary>
    /// <param name="handle">The handle, in letters of any case.</param>
    [AlwaysInterleave, Alias("FindByHandle")]
    Task<IReadOnlyList<string>> FindByHandleAsync(string handle);
}
