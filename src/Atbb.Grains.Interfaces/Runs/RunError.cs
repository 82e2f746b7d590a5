namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Something that is not in the index, and why.</summary>
/// <param name="Id">Orders the errors of a run: <c>backfill_errors.id</c>.</param>
/// <param name="Did">The repository; null for a failure of a relay.</param>
/// <param name="Collection">The collection; null for a failure of the repository as a whole.</param>
/// <param name="Uri">The record, or the relay's origin; null for a failure of the repository or of a page.</param>
/// <param name="Cid">The record's CID, where it has one.</param>
/// <param name="Kind">The class of the failure.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Attempts">How often it was met in this run.</param>
/// <param name="CreatedAt">When it was first met in this run.</param>
/// <param name="RunId">The run; 0: what was read by hand.</param>
[GenerateSerializer, Immutable, Alias("atbb.RunError")]
public sealed record RunError(
    [property: Id(0)] long Id,
    [property: Id(1)] string? Did,
    [property: Id(2)] string? Collection,
    [property: Id(3)] string? Uri,
    [property: Id(4)] string? Cid,
    [property: Id(5)] string Kind,
    [property: Id(6)] string Message,
    [property: Id(7)] int Attempts,
    [property: Id(8)] DateTimeOffset CreatedAt,
    [property: Id(9)] long RunId = 0);
