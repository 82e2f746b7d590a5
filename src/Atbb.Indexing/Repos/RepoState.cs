using System.Collections.Immutable;

namespace Atbb.Indexing.Repos;

/// <summary>What is durably known of a repository: its row in <c>repos</c> and its rows in <c>repo_cursors</c>.</summary>
public sealed record RepoState
{
    /// <summary>The account.</summary>
    public required string Did { get; init; }

    /// <summary>Origin of its PDS; null before the first resolution.</summary>
    public string? Pds { get; init; }

    /// <summary>Its handle by its DID document; not verified.</summary>
    public string? Handle { get; init; }

    /// <summary>When its DID document was last read.</summary>
    public DateTimeOffset? IdentityAt { get; init; }

    /// <summary>The rev read before the first page of the pass under way or, between passes, of the last one.</summary>
    public string? Rev { get; init; }

    /// <summary>The account's state, as last learnt.</summary>
    public RepoStatus Status { get; init; }

    /// <summary>The run that <see cref="Phase"/>, <see cref="IsSettled"/> and <see cref="Counts"/> speak of; null before the first.</summary>
    public long? RunId { get; init; }

    /// <summary>The phase of that run, 1 or 2: a forum's own repository is read in both.</summary>
    public int Phase { get; init; }

    /// <summary>Whether that run is done with this repository in that phase. Asked again, it answers <see cref="Counts"/> and reads nothing.</summary>
    public bool IsSettled { get; init; }

    /// <summary>What that phase of that run has come to so far.</summary>
    public RepoCounts Counts { get; init; }

    /// <summary>Transient failures in a row.</summary>
    public int Attempts { get; init; }

    /// <summary>How often the account has moved while that phase of that run was reading it. No page that is read makes it less.</summary>
    public int Moves { get; init; }

    /// <summary>Not to be asked again before; null when it may be asked now.</summary>
    public DateTimeOffset? RetryAfter { get; init; }

    /// <summary>The last failure of the repository as a whole; null after a success.</summary>
    public string? LastError { get; init; }

    /// <summary>When a pass over it last ended well.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>Raised by every write; 0 while there is no row. A writer that holds an older one is refused.</summary>
    public long Version { get; init; }

    /// <summary>The run that has found it, on a relay's list or named in a record; null when somebody listed it, or it was always known.</summary>
    public long? FoundByRun { get; init; }

    /// <summary>
    /// Whether it is known by hearsay alone: a relay or a record named it, and nothing of it is in the index. Anybody can make up such a name.
    /// </summary>
    public bool IsHearsay => FoundByRun is not null && SyncedAt is null && Collections.IsEmpty;

    /// <summary>How far each collection has been read, by NSID.</summary>
    public ImmutableDictionary<string, CollectionState> Collections { get; init; } = ImmutableDictionary<string, CollectionState>.Empty;
}
