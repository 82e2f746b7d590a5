namespace Atbb.Indexing.Runs;

/// <summary>A run as an operator sees it: a row of <c>backfill_progress</c>.</summary>
public sealed record RunRow
{
    /// <summary>The run's id.</summary>
    public required long Id { get; init; }

    /// <summary><c>in_progress</c>, <c>paused</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary><c>catch_up</c>, <c>full_sync</c> or <c>retry</c>.</summary>
    public required string BackfillType { get; init; }

    /// <summary>The run whose failures a retry reads again; null for every other type.</summary>
    public long? RetryOf { get; init; }

    /// <summary>1: the forum's repository; 2: users'; 0 before the first.</summary>
    public int Phase { get; init; }

    /// <summary>The low-water mark: every DID of phase 2, or of its round under way, up to this one is settled.</summary>
    public string? LastProcessedDid { get; init; }

    /// <summary>Repositories to read.</summary>
    public long DidsTotal { get; init; }

    /// <summary>Repositories settled.</summary>
    public long DidsProcessed { get; init; }

    /// <summary>Repositories put off after a failure that may pass.</summary>
    public long DidsDeferred { get; init; }

    /// <summary>Of those settled, repositories that were left out since the operator said so.</summary>
    public long DidsLeftOut { get; init; }

    /// <summary>Records added to the index.</summary>
    public long RecordsIndexed { get; init; }

    /// <summary>Records changed in the index.</summary>
    public long RecordsUpdated { get; init; }

    /// <summary>Records that were in the index as they are.</summary>
    public long RecordsUnchanged { get; init; }

    /// <summary>Rows removed.</summary>
    public long RecordsDeleted { get; init; }

    /// <summary>Records and repositories that failed.</summary>
    public long RecordsFailed { get; init; }

    /// <summary>Requests made.</summary>
    public long Requests { get; init; }

    /// <summary>Bytes received.</summary>
    public long Bytes { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When this row was last written.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Why it failed, or its last error.</summary>
    public string? ErrorMessage { get; init; }
}
