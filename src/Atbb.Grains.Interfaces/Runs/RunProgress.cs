namespace Atbb.Grains.Interfaces.Runs;

/// <summary>A run at one moment.</summary>
[GenerateSerializer, Immutable, Alias("atbb.RunProgress")]
public sealed record RunProgress
{
    /// <summary>The run's id: <c>backfill_progress.id</c>.</summary>
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

    /// <summary>Users' repositories settled.</summary>
    [Id(4)]
    public long DidsDone { get; init; }

    /// <summary>
    /// Users' repositories to settle, as counted when the second phase began; 0 before. A full sync adds those it has found on its way
    /// when it goes on to them.
    /// </summary>
    [Id(5)]
    public long DidsTotal { get; init; }

    /// <summary>Repositories being read now.</summary>
    [Id(6)]
    public int InFlight { get; init; }

    /// <summary>Repositories that wait for their next attempt.</summary>
    [Id(7)]
    public int Deferred { get; init; }

    /// <summary>When the first of those is due; null when none waits.</summary>
    [Id(8)]
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What it has come to so far, both phases together.</summary>
    [Id(9)]
    public SyncCounts Counts { get; init; }

    /// <summary>Records per second, over the last seconds while it runs, over the whole run afterwards.</summary>
    [Id(10)]
    public double RecordsPerSecond { get; init; }

    /// <summary>Time left at the pace so far; null when that cannot be told.</summary>
    [Id(11)]
    public TimeSpan? Remaining { get; init; }

    /// <summary>When it was started.</summary>
    [Id(12)]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    [Id(13)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>
    /// The greatest DID such that every repository up to it is settled: where a resume begins. Repositories found on the way are read in
    /// rounds of their own, each with a mark of its own.
    /// </summary>
    [Id(14)]
    public string? LowWaterMark { get; init; }

    /// <summary>
    /// The last thing that went wrong, with a repository, with a relay or with the run. Of a completed run: the last thing that was given up; null when
    /// everything was mended on the way.
    /// </summary>
    [Id(15)]
    public string? LastError { get; init; }

    /// <summary>The run whose failures it reads again; null unless its type is <see cref="RunType.Retry"/>.</summary>
    [Id(20)]
    public long? RetryOf { get; init; }

    /// <summary>Of the repositories that wait, those that are due next; at most 20.</summary>
    [Id(21)]
    public IReadOnlyList<ParkedRepo> Waiting { get; init; } = [];

    /// <summary>Of the repositories being read, those that have been at it longest; at most 20.</summary>
    [Id(22)]
    public IReadOnlyList<string> Reading { get; init; } = [];

    /// <summary>When it last came further, as far as its silo knows: a repository settled, or a record.</summary>
    [Id(23)]
    public DateTimeOffset LastProgressAt { get; init; }

    /// <summary>The hosts that are waited for, those that most repositories wait for first; at most 20.</summary>
    [Id(24)]
    public IReadOnlyList<WaitedHost> Hosts { get; init; } = [];

    /// <summary>Of the repositories that wait, those with which nothing has gone wrong: their host's turn is over for now, or their own.</summary>
    [Id(25)]
    public int AwaitingTurn { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool IsFinished => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Cancelled;
}
