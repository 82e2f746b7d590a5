using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>What a transaction does to one table of records.</summary>
sealed class TableWrite(RecordCollection collection)
{
    public RecordCollection Collection { get; } = collection;

    /// <summary>Rows to add or change, by DID.</summary>
    public List<RowWrite> Rows { get; } = [];

    /// <summary>Rows to remove.</summary>
    public List<long> Removed { get; } = [];

    /// <summary>The rows whose reference has a target that was not found, for one reference.</summary>
    public IEnumerable<RowWrite> Unresolved(int reference)
    {
        foreach (var row in Rows)
            if (row.TargetIds[reference] is null && row.Row.Targets[reference] is not null)
                yield return row;
    }
}
