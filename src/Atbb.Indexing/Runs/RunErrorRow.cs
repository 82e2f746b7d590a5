namespace Atbb.Indexing.Runs;

/// <summary>Something that a run could not index: a row of <c>backfill_errors</c>.</summary>
public sealed record RunErrorRow
{
    /// <summary>The error's id; later ones are greater.</summary>
    public required long Id { get; init; }

    /// <summary>The run.</summary>
    public required long BackfillId { get; init; }

    /// <summary>The repository; null for a failure of a relay.</summary>
    public string? Did { get; init; }

    /// <summary>The collection; null for a failure of the repository as a whole.</summary>
    public string? Collection { get; init; }

    /// <summary>The record, or the relay's origin; null for a failure of the repository or of a page.</summary>
    public string? Uri { get; init; }

    /// <summary>The record's CID, where it has one.</summary>
    public string? Cid { get; init; }

    /// <summary>The class of the failure.</summary>
    public required string Kind { get; init; }

    /// <summary>What happened and what to do.</summary>
    public required string ErrorMessage { get; init; }

    /// <summary>How often it failed in this run.</summary>
    public int Attempts { get; init; }

    /// <summary>When it failed first.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it failed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
