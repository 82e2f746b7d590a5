namespace Atbb.Indexing.Batches;

/// <summary>Something that is not in the index, and why: a row of <c>backfill_errors</c>.</summary>
/// <param name="Collection">The collection; null for a failure of the repository as a whole.</param>
/// <param name="Uri">The record; null for a failure of the repository or of a page.</param>
/// <param name="Cid">The record's CID, where it has one.</param>
/// <param name="Kind">The class of the failure, a stable name an operator can filter by.</param>
/// <param name="Message">What happened and what to do, for an operator.</param>
public sealed record RecordFailure(string? Collection, string? Uri, string? Cid, string Kind, string Message);
