using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>
/// A run's checkpoint, as it is stored: exact up to the low-water mark, silent about what lies above it. Repositories above the mark
/// are asked again after a resume, and answer from their own rows what they came to.
/// </summary>
[GenerateSerializer, Immutable, Alias("atbb.RunState")]
sealed record RunState
{
    /// <summary>The run's id.</summary>
    [Id(0)]
    public required long RunId { get; init; }

    /// <summary>What it reads.</summary>
    [Id(1)]
    public required RunType Type { get; init; }

    /// <summary>Its state.</summary>
    [Id(2)]
    public required RunStatus Status { get; init; }

    /// <summary>Where it is.</summary>
    [Id(3)]
    public required RunPhase Phase { get; init; }

    /// <summary>In the second phase: the greatest DID such that every repository of the round up to it is settled.</summary>
    [Id(4)]
    public string? LowWaterMark { get; init; }

    /// <summary>Users' repositories settled up to the mark, with those of the rounds before.</summary>
    [Id(5)]
    public long DidsDone { get; init; }

    /// <summary>Users' repositories counted when the round began, with those of the rounds before.</summary>
    [Id(6)]
    public long DidsTotal { get; init; }

    /// <summary>What the first phase, once it has ended, and the repositories up to the mark came to.</summary>
    [Id(7)]
    public SyncCounts Counts { get; init; }

    /// <summary>When it was started.</summary>
    [Id(8)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(9)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The last thing that went wrong.</summary>
    [Id(10)]
    public string? LastError { get; init; }

    /// <summary>
    /// In the second phase, the round that the mark stands in: 0 over the repositories known when the run began, then one round after another over those
    /// found since. Those above the mark may be in later ones.
    /// </summary>
    [Id(11)]
    public int Round { get; init; }

    /// <summary>The run whose failures a retry reads again.</summary>
    [Id(20)]
    public long? RetryOf { get; init; }

    /// <summary>
    /// What the run had come to when this was saved, with what lies above the mark. Nothing is counted from it: it is shown until the repositories
    /// above the mark have been asked again and have told what they came to.
    /// </summary>
    [Id(21)]
    public SyncCounts Shown { get; init; }

    /// <summary>The last thing that it gave up: what it has to show for an error once it has completed.</summary>
    [Id(22)]
    public string? LastingError { get; init; }

    /// <summary>
    /// Rounds begun while repositories of those before still waited. They take none from the bound on rounds: a host that lets the run wait would otherwise
    /// cost it what is found later.
    /// </summary>
    [Id(23)]
    public int EarlyRounds { get; init; }

    /// <summary>Whether something is left to do, now or on request.</summary>
    public bool IsUnfinished => Status is RunStatus.InProgress or RunStatus.Paused;

    /// <summary>A new run.</summary>
    public static RunState Begin(long runId, RunType type, DateTimeOffset now) => new()
    {
        RunId = runId,
        Type = type,
        Status = RunStatus.InProgress,
        Phase = RunPhase.Forum,
        StartedAt = now,
    };

    /// <summary>A retry of another run's failures. Where the forum's repository is not among them, it begins with the users.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="retryOf">The other one.</param>
    /// <param name="forumFailed">Whether the other one has errors of the forum's repository.</param>
    /// <param name="didsTotal">Of how many repositories it has errors.</param>
    /// <param name="now">The time.</param>
    public static RunState BeginRetry(long runId, long retryOf, bool forumFailed, long didsTotal, DateTimeOffset now) =>
        Begin(runId, RunType.Retry, now) with { RetryOf = retryOf, Phase = forumFailed ? RunPhase.Forum : RunPhase.Users, DidsTotal = didsTotal };

    /// <summary>The first phase has ended.</summary>
    /// <param name="forumCounts">What it came to.</param>
    /// <param name="didsTotal">How many repositories the second one has before it.</param>
    public RunState EnterUsers(SyncCounts forumCounts, long didsTotal) =>
        this with { Phase = RunPhase.Users, Counts = Counts + forumCounts, DidsTotal = DidsDone + didsTotal };

    /// <summary>Every repository of a round is settled, and the next one begins.</summary>
    /// <param name="round">Which.</param>
    /// <param name="done">Repositories settled so far.</param>
    /// <param name="counts">What everything so far came to.</param>
    /// <param name="found">How many repositories the round has before it.</param>
    public RunState EnterRound(int round, long done, SyncCounts counts, long found) =>
        this with { Round = round, LowWaterMark = null, DidsDone = done, Counts = counts, DidsTotal = done + found };

    /// <summary>The round that begins reads the forum's repository in the first phase once more.</summary>
    public RunState BackToForum() => this with { Phase = RunPhase.Forum };

    /// <summary>The checkpoint: exact up to the low-water mark.</summary>
    public RunState At(RepoWindow? window) => window is null ? this : Phase switch
    {
        RunPhase.Users => this with
        {
            Round = window.Ledger.RoundAtMark,
            LowWaterMark = window.Ledger.LowWaterMark,
            DidsDone = window.Ledger.DoneAtMark,
            Counts = window.Ledger.CountsAtMark,
            Shown = SyncCounts.Max(Shown, window.Counts),
            LastError = window.LastError ?? LastError,
            LastingError = window.LastingError ?? LastingError,
        },
        _ => this with
        {
            Shown = SyncCounts.Max(Shown, Counts + window.Counts),
            LastError = window.LastError ?? LastError,
            LastingError = window.LastingError ?? LastingError,
        },
    };

    /// <summary>The ledger to go on with from this checkpoint.</summary>
    public RunLedger OpenLedger() => Phase is RunPhase.Users
        ? new RunLedger(LowWaterMark, DidsDone, Counts, Round)
        : new RunLedger(lowWaterMark: null, done: 0, counts: default);

    /// <summary>Stops it until it is resumed.</summary>
    public RunState Pause() => this with { Status = RunStatus.Paused };

    /// <summary>Goes on.</summary>
    public RunState Resume() => this with { Status = RunStatus.InProgress };

    /// <summary>Ends it. What stands above the mark counts too now: nothing will be asked again.</summary>
    /// <param name="status">How: completed, failed or cancelled.</param>
    /// <param name="last">The run at its last moment.</param>
    /// <param name="now">The time.</param>
    /// <param name="error">What ended it, if it failed.</param>
    public RunState End(RunStatus status, RunProgress last, DateTimeOffset now, string? error = null) => this with
    {
        Status = status,
        // A clock that was set back meanwhile would have it end before it began.
        FinishedAt = now < StartedAt ? StartedAt : now,
        LowWaterMark = last.LowWaterMark,
        DidsDone = last.DidsDone,
        // Users who appeared or went while the run was under way: a completed run has done all there are.
        DidsTotal = status is RunStatus.Completed ? last.DidsDone : last.DidsTotal,
        Counts = last.Counts,
        // Trouble that it came through is no error of what it has completed.
        LastError = error ?? (status is RunStatus.Completed ? LastingError : last.LastError),
    };
}
