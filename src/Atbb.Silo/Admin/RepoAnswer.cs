using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What is known of one repository, as the admin HTTP shows it.</summary>
sealed record RepoAnswer
{
    public required string Did { get; init; }

    /// <summary>Its handle by its DID document; not verified.</summary>
    public string? Handle { get; init; }

    /// <summary>Origin of its PDS; null when it has not been resolved yet.</summary>
    public string? Pds { get; init; }

    /// <summary>The account's state: <c>pending</c>, <c>active</c>, <c>deactivated</c>, <c>takendown</c>, <c>suspended</c>, <c>deleted</c>, <c>notfound</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The rev up to which it has been read, or is being read.</summary>
    public string? Rev { get; init; }

    /// <summary>The run that last touched it.</summary>
    public long? RunId { get; init; }

    /// <summary>Whether that run is done with it.</summary>
    public required bool IsSettled { get; init; }

    /// <summary>What that run came to here.</summary>
    public required SyncCounts Counts { get; init; }

    /// <summary>Transient failures in a row.</summary>
    public required int Attempts { get; init; }

    /// <summary>Not to be asked again before; null when it may be asked now.</summary>
    public DateTimeOffset? RetryAfter { get; init; }

    /// <summary>What it waits for after a failure, and whom; null when nothing keeps it from being asked.</summary>
    public ParkedRepo? Parked { get; init; }

    /// <summary>What last went wrong; null after a success.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was last read to its end.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>Whether the index knows of it at all.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>How far each collection has been read.</summary>
    public required IReadOnlyList<RepoCursor> Cursors { get; init; }

    /// <summary>How many rows of each collection the index holds; collections without one are left out.</summary>
    public required IReadOnlyList<RepoRows> Rows { get; init; }

    /// <summary>How many errors of it stand open, of all runs together.</summary>
    public required long OpenErrors { get; init; }

    /// <summary>The latest of those; at most 20.</summary>
    public required IReadOnlyList<ErrorAnswer> Errors { get; init; }

    public static RepoAnswer Of(RepoReport repo) => new()
    {
        Did = repo.Did,
        Handle = repo.Handle,
        Pds = repo.Pds,
        Status = repo.Status,
        Rev = repo.Rev,
        RunId = repo.RunId,
        IsSettled = repo.IsSettled,
        Counts = repo.Counts,
        Attempts = repo.Attempts,
        RetryAfter = repo.RetryAfter,
        Parked = repo.Parked,
        LastError = repo.LastError,
        SyncedAt = repo.SyncedAt,
        IsKnown = repo.IsKnown,
        Cursors = repo.Cursors,
        Rows = repo.Rows,
        OpenErrors = repo.OpenErrors,
        Errors = [.. repo.Errors.Select(ErrorAnswer.Of)],
    };
}
