namespace Atbb.Indexing.Discovery;

/// <summary>How far a run has read what a relay lists for a collection: a row of <c>relay_listings</c>.</summary>
public sealed record RelayListing
{
    /// <summary>The status of one that is being read.</summary>
    public const string InProgress = "in_progress";

    /// <summary>The status of one that has been read to its end.</summary>
    public const string Completed = "completed";

    /// <summary>The status of one that was not, with <see cref="LastError"/> for the reason.</summary>
    public const string GivenUp = "given_up";

    /// <summary>Origin of the relay.</summary>
    public required string Relay { get; init; }

    /// <summary>The collection.</summary>
    public required string Collection { get; init; }

    /// <summary>The run. Each reads every listing from its beginning: new accounts may stand anywhere in it.</summary>
    public required long RunId { get; init; }

    /// <summary>Where it is.</summary>
    public string Status { get; init; } = InProgress;

    /// <summary>Where the next page begins; null: at the beginning.</summary>
    public string? Cursor { get; init; }

    /// <summary>Accounts that the relay has named.</summary>
    public long DidsListed { get; init; }

    /// <summary>Of these, such as nobody knew.</summary>
    public long DidsFound { get; init; }

    /// <summary>Items that named no valid DID.</summary>
    public long DidsSkipped { get; init; }

    /// <summary>Requests made.</summary>
    public long Requests { get; init; }

    /// <summary>Bytes received.</summary>
    public long Bytes { get; init; }

    /// <summary>Why it was given up.</summary>
    public string? LastError { get; init; }

    /// <summary>Whether the run is done with it.</summary>
    public bool IsEnded => Status is not InProgress;
}
