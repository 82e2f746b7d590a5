namespace Atbb.Indexing.Repos;

/// <summary>How far one collection of a repository has been read: a row of <c>repo_cursors</c>.</summary>
public sealed record CollectionState
{
    /// <summary>The collection's NSID.</summary>
    public required string Collection { get; init; }

    /// <summary>The run whose pass this is. A cursor of another run is not gone on from: what lies before it may have changed since.</summary>
    public long RunId { get; init; }

    /// <summary>Where the last committed page ended, in the PDS's words; null before the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>The last record key of the last committed page: where the next page's range begins.</summary>
    public string? LastRkey { get; init; }

    /// <summary>The order of the pages so far.</summary>
    public ListingOrder Order { get; init; }

    /// <summary>Whether the pass of <see cref="RunId"/> has reached the collection's end.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The repository's rev up to which this collection has been read in full; null when it never has.</summary>
    public string? Rev { get; init; }
}
