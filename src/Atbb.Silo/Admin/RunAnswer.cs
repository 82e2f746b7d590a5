using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>
/// A run as the admin HTTP and the command line show it. What atBB calls otherwise is there under both names: <c>id</c>, <c>didsProcessed</c>,
/// <c>errorCount</c>, <c>completedAt</c>, <c>errorMessage</c>.
/// </summary>
sealed record RunAnswer
{
    public required long RunId { get; init; }

    /// <summary>The run's id as text, since atBB's ids are larger than JavaScript's numbers.</summary>
    public string Id => RunId.ToString(CultureInfo.InvariantCulture);

    public required RunType Type { get; init; }

    public required RunStatus Status { get; init; }

    public required int Phase { get; init; }

    public required long DidsDone { get; init; }

    /// <summary>As <c>didsDone</c>.</summary>
    public long DidsProcessed => DidsDone;

    public required long DidsTotal { get; init; }

    /// <summary>Of those done, repositories that were left out since the operator said so.</summary>
    public long DidsLeftOut { get; init; }

    public required int InFlight { get; init; }

    public required int Deferred { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The run whose failures a retry reads again.</summary>
    public long? RetryOf { get; init; }

    /// <summary>What waits: those due next, and after them those that wait for their own turn.</summary>
    public required IReadOnlyList<ParkedRepo> Waiting { get; init; }

    /// <summary>What is being read: those that have been at it longest.</summary>
    public required IReadOnlyList<string> Reading { get; init; }

    /// <summary>The hosts that are waited for: those that most repositories wait for.</summary>
    public required IReadOnlyList<WaitedHost> Hosts { get; init; }

    public required long RecordsIndexed { get; init; }

    public required long RecordsUpdated { get; init; }

    public required long RecordsUnchanged { get; init; }

    public required long RecordsDeleted { get; init; }

    public required long RecordsFailed { get; init; }

    /// <summary>How many error rows the run still has, which later runs take away; null in lists and events, where they are not counted.</summary>
    public long? ErrorCount { get; init; }

    public required long Requests { get; init; }

    public required long Bytes { get; init; }

    public required double RecordsPerSecond { get; init; }

    public double? SecondsRemaining { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>As <c>finishedAt</c>.</summary>
    public DateTimeOffset? CompletedAt => FinishedAt;

    /// <summary>From the start of the run to its end, pauses and outages included; null while it has not ended.</summary>
    public double? WallSeconds { get; init; }

    public string? LastProcessedDid { get; init; }

    public string? LastError { get; init; }

    /// <summary>As <c>lastError</c>.</summary>
    public string? ErrorMessage => LastError;

    public static RunAnswer Of(RunProgress run, long? errorCount = null) => new()
    {
        ErrorCount = errorCount,
        RunId = run.RunId,
        Type = run.Type,
        Status = run.Status,
        Phase = (int)run.Phase,
        DidsDone = run.DidsDone,
        DidsTotal = run.DidsTotal,
        DidsLeftOut = run.Counts.LeftOut,
        InFlight = run.InFlight,
        Deferred = run.Deferred,
        NextAttemptAt = run.NextAttemptAt,
        RetryOf = run.RetryOf,
        Waiting = run.Waiting,
        Reading = run.Reading,
        Hosts = run.Hosts,
        RecordsIndexed = run.Counts.Indexed,
        RecordsUpdated = run.Counts.Updated,
        RecordsUnchanged = run.Counts.Unchanged,
        RecordsDeleted = run.Counts.Deleted,
        RecordsFailed = run.Counts.Failed,
        Requests = run.Counts.Requests,
        Bytes = run.Counts.Bytes,
        RecordsPerSecond = Math.Round(run.RecordsPerSecond, 1),
        SecondsRemaining = run.Remaining?.TotalSeconds is { } seconds ? Math.Round(seconds, 1) : null,
        StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt,
        WallSeconds = run.FinishedAt is { } end ? Math.Round((end - run.StartedAt).TotalSeconds, 3) : null,
        LastProcessedDid = run.LowWaterMark,
        LastError = run.LastError,
    };

    /// <summary>As far as progress is shown by it.</summary>
    public RunProgress ToProgress() => new()
    {
        RunId = RunId,
        Type = Type,
        Status = Status,
        Phase = (RunPhase)Phase,
        DidsDone = DidsDone,
        DidsTotal = DidsTotal,
        InFlight = InFlight,
        Deferred = Deferred,
        Waiting = Waiting,
        Counts = new(RecordsIndexed, RecordsUpdated, RecordsUnchanged, RecordsDeleted, RecordsFailed, Requests, Bytes, DidsLeftOut),
        RecordsPerSecond = RecordsPerSecond,
        Remaining = SecondsRemaining is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        StartedAt = StartedAt,
    };
}
