namespace Atbb.Indexing.Runs;

/// <summary>The runs of one status.</summary>
public sealed record RunsOfStatus
{
    /// <summary>The status, as in <c>backfill_progress.status</c>.</summary>
    public required string Status { get; init; }

    /// <summary>How many there are.</summary>
    public required long Count { get; init; }

    /// <summary>The id of the last of them.</summary>
    public required long LastId { get; init; }

    /// <summary>When one of them was last written. Of a paused run, of which there is never more than one: when it was paused.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
