using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>What a page's records mean for the index.</summary>
/// <param name="Added">Records the index does not have.</param>
/// <param name="Changed">Records the index has with another CID, and their rows.</param>
/// <param name="Unchanged">How many records the index has as they are.</param>
/// <param name="Gone">Rows whose record is not, or no longer, to be indexed.</param>
sealed record BatchDiff(
    IReadOnlyList<RecordRow> Added,
    IReadOnlyList<(RecordRow Row, long Id)> Changed,
    int Unchanged,
    IReadOnlyList<ExistingRow> Gone)
{
    /// <summary>
    /// Compares. <paramref name="existing"/> are the rows in the stretches the page speaks for: one without a record is gone. That
    /// includes the row of a record that has been edited into one that cannot be indexed: what the row shows is no longer so, and the
    /// error row says why it went. The <paramref name="spared"/> key is one that an earlier page has spoken for.
    /// </summary>
    public static BatchDiff Between(IReadOnlyDictionary<string, RecordRow> records, IEnumerable<ExistingRow> existing, string? spared = null)
    {
        var changed = new List<(RecordRow, long)>();
        var gone = new List<ExistingRow>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var unchanged = 0;
        foreach (var row in existing)
        {
            if (!records.TryGetValue(row.Rkey, out var record))
            {
                if (row.Rkey != spared)
                    gone.Add(row);
                continue;
            }

            known.Add(row.Rkey);
            if (record.Cid == row.Cid)
                unchanged++;
            else
                changed.Add((record, row.Id));
        }

        return new BatchDiff([.. records.Values.Where(record => !known.Contains(record.Rkey))], changed, unchanged, gone);
    }
}
