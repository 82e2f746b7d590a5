using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Interfaces.Repos;

/// <summary>What is known of one repository.</summary>
[GenerateSerializer, Immutable, Alias("atbb.RepoReport")]
public sealed record RepoReport
{
    /// <summary>The account.</summary>
    [Id(0)]
    public required string Did { get; init; }

    /// <summary>Its handle by its DID document; not verified.</summary>
    [Id(1)]
    public string? Handle { get; init; }

    /// <summary>Origin of its PDS; null when it has not been resolved yet.</summary>
    [Id(2)]
    public string? Pds { get; init; }

    /// <summary>The account's state: <c>pending</c>, <c>active</c>, <c>deactivated</c>, <c>takendown</c>, <c>suspended</c>, <c>deleted</c>, <c>notfound</c>.</summary>
    [Id(3)]
    public required string Status { get; init; }

    /// <summary>The rev up to which it has been read, or is being read.</summary>
    [Id(4)]
    public string? Rev { get; init; }

    /// <summary>The run that last touched it.</summary>
    [Id(5)]
    public long? RunId { get; init; }

    /// <summary>Whether that run is done with it.</summary>
    [Id(6)]
    public bool IsSettled { get; init; }

    /// <summary>What that run came to here.</summary>
    [Id(7)]
    public SyncCounts Counts { get; init; }

    /// <summary>Transient failures in a row.</summary>
    [Id(8)]
    public int Attempts { get; init; }

    /// <summary>When it will be asked again; null when nothing keeps it from being asked.</summary>
    [Id(9)]
    public DateTimeOffset? RetryAfter { get; init; }

    /// <summary>What last went wrong; null after a success.</summary>
    [Id(10)]
    public string? LastError { get; init; }

    /// <summary>When it was last read to its end.</summary>
    [Id(11)]
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>Whether the index knows of it at all.</summary>
    [Id(12)]
    public bool IsKnown { get; init; }

    /// <summary>How far each collection has been read.</summary>
    [Id(13)]
    public IReadOnlyList<RepoCursor> Cursors { get; init; } = [];

    /// <summary>What it waits for after a failure; null when nothing keeps it from being asked.</summary>
    [Id(14)]
    public ParkedRepo? Parked { get; init; }

    /// <summary>What the index holds of it: collections without a row are left out.</summary>
    [Id(15)]
    public IReadOnlyList<RepoRows> Rows { get; init; } = [];

    /// <summary>How many errors of it stand open, of all runs together; what failed in several counts once.</summary>
    [Id(16)]
    public long OpenErrors { get; init; }

    /// <summary>The latest of those; at most 20.</summary>
    [Id(17)]
    public IReadOnlyList<RunError> Errors { get; init; } = [];
}
