using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;

namespace Atbb.PlainLoop;

/// <summary>Pages that one transaction writes.</summary>
sealed class PageGroup(IReadOnlyList<Page> pages)
{
    public IReadOnlyList<Page> Pages { get; } = pages;

    public DateTime Now { get; } = TimeProvider.System.GetUtcNow().UtcDateTime;

    public Dictionary<RecordCollection, List<RowWrite>> New { get; } = [];

    /// <summary>Rows of earlier groups with a target among the new ones: ids by reference, null for those that this group has not resolved.</summary>
    public Dictionary<RecordCollection, Dictionary<long, long?[]>> Late { get; } = [];

    /// <summary>Ends with the transaction of the group before: until then its rows cannot be seen, and not be resolved either.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
