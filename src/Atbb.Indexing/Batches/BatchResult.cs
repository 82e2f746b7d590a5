using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Batches;

/// <summary>What came of a batch.</summary>
/// <param name="Repo">The repository's state as it now stands in the database. On a stale batch: the state that was asked for, unchanged.</param>
/// <param name="Counts">What this batch added to the counts.</param>
/// <param name="Failures">The records that were not indexed, each with its reason.</param>
/// <param name="IsStale">Nothing was written: another writer has moved the repository's row. The caller reads it again.</param>
public sealed record BatchResult(RepoState Repo, RepoCounts Counts, IReadOnlyList<RecordFailure> Failures, bool IsStale);
