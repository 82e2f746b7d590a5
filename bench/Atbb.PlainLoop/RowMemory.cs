using System.Runtime.InteropServices;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;

namespace Atbb.PlainLoop;

/// <summary>
/// Which records have rows, and which rows wait for which records: in memory, all of them, where the service asks the database. Nobody else writes, and
/// nothing is ever removed.
/// </summary>
sealed class RowMemory
{
    readonly Lock gate = new();
    readonly Dictionary<string, long> ids = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<(RecordCollection From, int Reference, long Id)>> waiting = new(StringComparer.Ordinal);
    Task last = Task.CompletedTask;
    long lastId;

    /// <summary>Takes pages in that one transaction will write.</summary>
    public PageGroup Add(IReadOnlyList<Page> pages)
    {
        var group = new PageGroup(pages);
        lock (gate)
        {
            group.Before = last;
            last = group.Committed.Task;
            foreach (var page in pages)
                foreach (var row in page.Rows)
                    AddRow(group, page, row);
            // Once all of the group have ids: what refers to one another goes in whole, in whatever order it came.
            foreach (var (collection, rows) in group.New)
                foreach (var row in rows)
                    Resolve(collection, row);
        }

        return group;
    }

    void AddRow(PageGroup group, Page page, RecordRow row)
    {
        var id = ++lastId;
        ids[row.Uri] = id;
        Of(group.New, page.Collection).Add(new RowWrite(0, id, page.Did, row, row.CreatedAt ?? group.Now, true, new long?[row.Targets.Length]));
        if (!waiting.Remove(row.Uri, out var rows))
            return;

        foreach (var (from, reference, waitingId) in rows)
        {
            var late = Of(group.Late, from);
            if (!late.TryGetValue(waitingId, out var targets))
                late.Add(waitingId, targets = new long?[from.References.Count]);
            targets[reference] = id;
        }
    }

    void Resolve(RecordCollection collection, RowWrite row)
    {
        for (var i = 0; i < row.TargetIds.Length; i++)
        {
            if (row.Row.Targets[i] is not { } target)
                continue;
            if (ids.TryGetValue(target.Value, out var id))
                row.TargetIds[i] = id;
            else
                Of(waiting, target.Value).Add((collection, i, row.Id));
        }
    }

    static TValue Of<TKey, TValue>(Dictionary<TKey, TValue> values, TKey key)
        where TKey : notnull
        where TValue : new() =>
        CollectionsMarshal.GetValueRefOrAddDefault(values, key, out _) ??= new TValue();
}
