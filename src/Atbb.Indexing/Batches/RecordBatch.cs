using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Batches;

/// <summary>
/// What one repository wants committed: a page of records (or none) together with its own new state. Both are written in one
/// transaction or not at all, so a cursor never stands past a record that is not in the index.
/// </summary>
public sealed record RecordBatch
{
    /// <summary>
    /// The repository as it shall stand afterwards, but for its counts and its version, which the write itself moves. Its version is
    /// the one last read: if the row has moved on since, nothing is written (<see cref="BatchResult.IsStale"/>).
    /// </summary>
    public required RepoState Repo { get; init; }

    /// <summary>The collection the records belong to; null when the batch only moves the repository's state.</summary>
    public string? Collection { get; init; }

    /// <summary>The records, in the order the PDS gave them.</summary>
    public IReadOnlyList<SourceRecord> Records { get; init; } = [];

    /// <summary>What the page speaks for; null when it cannot be trusted for that, and then nothing is removed.</summary>
    public KeyRange? Range { get; init; }

    /// <summary>Removes every row of the repository: its account has been deleted. Goes without records.</summary>
    public bool RemoveRows { get; init; }

    /// <summary>A failure of the repository as a whole, to stand among the run's errors.</summary>
    public RecordFailure? Failure { get; init; }

    /// <summary>
    /// Read by hand, beside the run that <see cref="Repo"/> names: its counts stay as they are, and failures stand under
    /// <see cref="Runs.ErrorStore.ByHand"/>.
    /// </summary>
    public bool IsByHand { get; init; }

    /// <summary>Requests and bytes spent since the last batch of this repository, to be added to its counts.</summary>
    public RepoCounts Spent { get; init; }
}
