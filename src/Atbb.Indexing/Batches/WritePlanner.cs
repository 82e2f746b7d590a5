using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Batches;

/// <summary>Turns a group of batches, and what the index has, into what is to be written. Does no I/O.</summary>
sealed class WritePlanner
{
    readonly IReadOnlyList<PendingBatch> group;
    readonly IndexReading reading;
    readonly IdPool ids;
    readonly WritePlan plan;
    readonly Dictionary<RecordCollection, TableWrite> tables = [];
    readonly Dictionary<string, long> added = new(StringComparer.Ordinal);
    readonly HashSet<(string Target, long Id)> removed = [];

    WritePlanner(IReadOnlyList<PendingBatch> group, IndexReading reading, IdPool ids, DateTime now)
    {
        this.group = group;
        this.reading = reading;
        this.ids = ids;
        plan = new WritePlan { Now = now, Removals = reading.Removals };
    }

    public static WritePlan Plan(IReadOnlyList<PendingBatch> group, IndexReading reading, IdPool ids, DateTime now) =>
        new WritePlanner(group, reading, ids, now).Plan();

    WritePlan Plan()
    {
        for (var i = 0; i < group.Count; i++)
            PlanBatch(i, group[i]);

        plan.Repos.Sort((a, b) => string.CompareOrdinal(a.Did, b.Did));
        plan.Users.Sort((a, b) => string.CompareOrdinal(a.Did, b.Did));
        plan.Cursors.Sort((a, b) => string.CompareOrdinal(a.Did, b.Did));

        // In the catalog's order, which is the same for every writer.
        foreach (var collection in CollectionCatalog.All)
        {
            if (!tables.TryGetValue(collection, out var table))
                continue;

            table.Rows.Sort((a, b) => string.CompareOrdinal(a.Did, b.Did) is var byDid && byDid != 0 ? byDid : string.CompareOrdinal(a.Row.Rkey, b.Row.Rkey));
            foreach (var row in table.Rows)
                Resolve(collection, row);
            plan.Tables.Add(table);
        }

        return plan;
    }

    void PlanBatch(int index, PendingBatch batch)
    {
        var counts = batch.Batch.Spent;
        if (batch.Collection is { } collection)
        {
            var diff = BatchDiff.Between(batch.Rows, reading.Existing(index, collection), batch.Batch.Range?.Spared);
            foreach (var row in diff.Added)
                Write(index, batch, collection, row, added[row.Uri] = ids.Take(collection), isNew: true);
            foreach (var (row, id) in diff.Changed)
                Write(index, batch, collection, row, id, isNew: false);
            foreach (var row in diff.Gone)
                Remove(collection, row.Id);
            counts += new RepoCounts(diff.Added.Count, diff.Changed.Count, diff.Unchanged, diff.Gone.Count, 0, 0, 0);
        }

        if (batch.Batch.RemoveRows)
        {
            foreach (var every in CollectionCatalog.All)
            {
                foreach (var row in reading.Existing(index, every))
                    Remove(every, row.Id);
                counts += new RepoCounts(0, 0, 0, reading.Existing(index, every).Count, 0, 0, 0);
            }
        }

        counts += new RepoCounts(0, 0, 0, 0, PlanErrors(index, batch), 0, 0);
        PlanUser(batch);
        PlanCursors(batch.Repo);

        var repo = batch.Repo with { Counts = batch.Batch.IsByHand ? batch.Repo.Counts : batch.Repo.Counts + counts, Version = batch.Repo.Version + 1 };
        plan.Repos.Add(repo);
        plan.Results.Add(new BatchResult(repo, counts, batch.Failures, IsStale: false));
    }

    void Write(int index, PendingBatch batch, RecordCollection collection, RecordRow row, long id, bool isNew) =>
        Table(collection).Rows.Add(new RowWrite(index, id, batch.Repo.Did, row, row.CreatedAt ?? plan.Now, isNew, new long?[collection.References.Count]));

    void Remove(RecordCollection collection, long id)
    {
        Table(collection).Removed.Add(id);
        removed.Add((collection.Nsid, id));
    }

    TableWrite Table(RecordCollection collection)
    {
        if (!tables.TryGetValue(collection, out var table))
            tables.Add(collection, table = new TableWrite(collection));
        return table;
    }

    // After every batch is planned: a target may be added, or removed, by any of them.
    void Resolve(RecordCollection collection, RowWrite row)
    {
        for (var i = 0; i < collection.References.Count; i++)
        {
            if (row.Row.Targets[i] is not { } target)
                continue;
            if (added.TryGetValue(target.Value, out var id)
                || (reading.Targets.TryGetValue(target.Value, out id) && !removed.Contains((target.Collection.Value, id))))
            {
                row.TargetIds[i] = id;
            }
        }
    }

    // Keeps "failed" equal to the number of the run's error rows: a repeated failure is one more attempt on the row that stands for
    // it, and a record that is indexed or gone now takes its row away.
    long PlanErrors(int index, PendingBatch batch)
    {
        if (batch.RunId is not { } run)
            return batch.Failures.Count;

        var failures = new Dictionary<ErrorKey, RecordFailure>();
        foreach (var failure in batch.Failures)
            failures[ErrorKey.Of(failure)] = failure;

        var known = reading.Errors(index);
        var failed = 0L;
        foreach (var (key, failure) in failures)
        {
            plan.Errors.Add(new ErrorWrite(run, batch.Repo.Did, key, failure));
            if (!known.Contains(key))
                failed++;
        }

        foreach (var key in known)
        {
            if (!failures.ContainsKey(key) && IsSettled(batch, key))
            {
                plan.ClearedErrors.Add((run, batch.Repo.Did, key));
                failed--;
            }
        }

        return failed;
    }

    static bool IsSettled(PendingBatch batch, ErrorKey key)
    {
        if (key.Collection != batch.Collection?.Nsid)
            return false;

        var rkey = key.Uri[(key.Uri.LastIndexOf('/') + 1)..];
        return batch.Rows.ContainsKey(rkey) || KeyStretch.Contains(batch.Batch.Range, rkey);
    }

    void PlanUser(PendingBatch batch)
    {
        var known = reading.Users.GetValueOrDefault(batch.Repo.Did);
        if (known is null && batch.Batch.Records.Count == 0)
            return;

        var user = new UserRow(batch.Repo.Did, StorableText.Of(batch.Repo.Handle) ?? known?.Handle, batch.Repo.Status.Stored());
        if (user != known)
            plan.Users.Add(user);
    }

    void PlanCursors(RepoState repo)
    {
        foreach (var known in reading.Cursors(repo.Did))
            if (!repo.Collections.ContainsKey(known.Collection))
                plan.RemovedCursors.Add((repo.Did, known.Collection));

        foreach (var state in repo.Collections.Values)
            if (!reading.Cursors(repo.Did).Contains(state))
                plan.Cursors.Add((repo.Did, state));
    }
}
