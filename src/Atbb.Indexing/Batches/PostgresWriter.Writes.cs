using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;
using Npgsql;

namespace Atbb.Indexing.Batches;

sealed partial class PostgresWriter
{
    public async Task<WriteOutcome> WriteAsync(WritePlan plan)
    {
        var stale = plan.Repos.Select(repo => repo.Did).ToHashSet(StringComparer.Ordinal);
        var removals = plan.Removals;

        // Who touches rows that others see takes the lock on references before, all others after they have added theirs: nobody then holds such
        // a row and waits for the lock while its holder waits for the row.
        var touches = plan.TouchesExistingRows;
        await using (var batch = Begin())
        {
            // First: a stale repository's rows must not be touched, and the row lock keeps another writer of it out.
            AddRepos(batch, plan, stale);
            AddCursors(batch, plan);
            AddUsers(batch, plan);
            if (touches)
                LockReferences(batch, row => removals = row.GetInt64(0));
            AddChanges(batch, plan);
            if (!plan.AddsRows)
                AddAftermath(batch, plan);
            await batch.ExecuteAsync();
        }

        if (stale.Count > 0 || !plan.AddsRows)
            return new WriteOutcome(stale, removals != plan.Removals);

        foreach (var table in plan.Tables)
            await copy.SendAsync(connection!, table.Collection, [.. table.Rows.Where(row => row.IsNew)], plan.Now);

        await using (var batch = Begin())
        {
            if (!touches)
                LockReferences(batch, row => removals = row.GetInt64(0));
            AddAftermath(batch, plan);
            await batch.ExecuteAsync();
        }

        return new WriteOutcome(stale, removals != plan.Removals);
    }

    void LockReferences(PostgresBatch batch, Action<System.Data.Common.DbDataReader> removals)
    {
        if (!locked)
            batch.Query(static _ => { }, PostgresStateSql.LockReferences);
        batch.Query(removals, PostgresStateSql.Removals);
    }

    static void AddChanges(PostgresBatch batch, WritePlan plan)
    {
        if (plan.RemovesRows)
            batch.Add(PostgresStateSql.CountRemoval);
        foreach (var table in plan.Tables)
            if (table.Removed.Count > 0)
                batch.Add(PostgresRecordSql.Of(table.Collection).Delete, PostgresBatch.Bigints(table.Removed));
        foreach (var table in plan.Tables)
            AddUpdates(batch, table.Collection, [.. table.Rows.Where(row => !row.IsNew)], plan.Now);
    }

    // What follows from rows that are there.
    static void AddAftermath(PostgresBatch batch, WritePlan plan)
    {
        foreach (var table in plan.Tables)
            AddReferences(batch, table);
        AddErrors(batch, plan);
    }

    static void AddRepos(PostgresBatch batch, WritePlan plan, HashSet<string> stale)
    {
        var repos = plan.Repos;
        batch.Query(
            row => stale.Remove(row.GetString(0)),
            PostgresStateSql.Repos,
            PostgresBatch.Texts(repos.Select(repo => repo.Did)),
            PostgresBatch.Texts(repos.Select(repo => StorableText.Of(repo.Pds))),
            PostgresBatch.Texts(repos.Select(repo => StorableText.Of(repo.Handle))),
            PostgresBatch.Times(repos.Select(repo => repo.IdentityAt?.UtcDateTime)),
            PostgresBatch.Texts(repos.Select(repo => StorableText.Of(repo.Rev))),
            PostgresBatch.Texts(repos.Select(repo => repo.Status.Stored())),
            PostgresBatch.Bigints(repos.Select(repo => repo.RunId)),
            PostgresBatch.Integers(repos.Select(repo => repo.Phase)),
            PostgresBatch.Booleans(repos.Select(repo => repo.IsSettled)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Indexed)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Updated)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Unchanged)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Deleted)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Failed)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Requests)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Counts.Bytes)),
            PostgresBatch.Integers(repos.Select(repo => repo.Attempts)),
            PostgresBatch.Times(repos.Select(repo => repo.RetryAfter?.UtcDateTime)),
            PostgresBatch.Texts(repos.Select(repo => StorableText.Of(repo.LastError))),
            PostgresBatch.Times(repos.Select(repo => repo.SyncedAt?.UtcDateTime)),
            PostgresBatch.Bigints(repos.Select(repo => repo.Version)),
            PostgresBatch.Value(plan.Now),
            PostgresBatch.Integers(repos.Select(repo => repo.Moves)));
    }

    static void AddCursors(PostgresBatch batch, WritePlan plan)
    {
        if (plan.RemovedCursors.Count > 0)
        {
            batch.Add(
                PostgresStateSql.RemoveCursors,
                PostgresBatch.Texts(plan.RemovedCursors.Select(cursor => cursor.Did)),
                PostgresBatch.Texts(plan.RemovedCursors.Select(cursor => cursor.Collection)));
        }

        if (plan.Cursors.Count > 0)
        {
            batch.Add(
                PostgresStateSql.WriteCursors,
                PostgresBatch.Texts(plan.Cursors.Select(cursor => cursor.Did)),
                PostgresBatch.Texts(plan.Cursors.Select(cursor => cursor.State.Collection)),
                PostgresBatch.Bigints(plan.Cursors.Select(cursor => cursor.State.RunId)),
                PostgresBatch.Texts(plan.Cursors.Select(cursor => StorableText.Of(cursor.State.Cursor))),
                PostgresBatch.Texts(plan.Cursors.Select(cursor => StorableText.Of(cursor.State.LastRkey))),
                PostgresBatch.Texts(plan.Cursors.Select(cursor => cursor.State.Order.Stored())),
                PostgresBatch.Booleans(plan.Cursors.Select(cursor => cursor.State.IsComplete)),
                PostgresBatch.Texts(plan.Cursors.Select(cursor => StorableText.Of(cursor.State.Rev))));
        }
    }

    static void AddUsers(PostgresBatch batch, WritePlan plan)
    {
        if (plan.Users.Count == 0)
            return;

        batch.Add(
            PostgresStateSql.WriteUsers,
            PostgresBatch.Texts(plan.Users.Select(user => user.Did)),
            PostgresBatch.Texts(plan.Users.Select(user => user.Handle)),
            PostgresBatch.Texts(plan.Users.Select(user => user.Status)),
            PostgresBatch.Value(plan.Now));
    }

    static void AddUpdates(PostgresBatch batch, RecordCollection collection, IReadOnlyList<RowWrite> rows, DateTime now)
    {
        if (rows.Count == 0)
            return;

        var parameters = new List<NpgsqlParameter>
        {
            PostgresBatch.Bigints(rows.Select(row => row.Id)),
            PostgresBatch.Texts(rows.Select(row => row.Did)),
            PostgresBatch.Texts(rows.Select(row => row.Row.Rkey)),
            PostgresBatch.Texts(rows.Select(row => row.Row.Cid)),
            PostgresBatch.Jsons(rows.Select(row => row.Row.Json)),
            PostgresBatch.Times(rows.Select(row => (DateTime?)row.CreatedAt)),
            PostgresBatch.Times(rows.Select(_ => (DateTime?)now)),
        };
        for (var i = 0; i < collection.Fields.Count; i++)
        {
            var index = i;
            parameters.Add(collection.Fields[i].Kind switch
            {
                FieldKind.Integer => PostgresBatch.Bigints(rows.Select(row => (long?)row.Row.Values[index])),
                FieldKind.Date => PostgresBatch.Times(rows.Select(row => (DateTime?)row.Row.Values[index])),
                FieldKind.TextList => PostgresBatch.Jsons(rows.Select(row => (string?)row.Row.Values[index])),
                _ => PostgresBatch.Texts(rows.Select(row => (string?)row.Row.Values[index])),
            });
        }

        for (var i = 0; i < collection.References.Count; i++)
        {
            var index = i;
            parameters.Add(PostgresBatch.Bigints(rows.Select(row => row.TargetIds[index])));
        }

        batch.Add(PostgresRecordSql.Of(collection).Update, [.. parameters]);
    }

    static void AddReferences(PostgresBatch batch, TableWrite table)
    {
        var unresolved = table.Collection.References.Select((_, reference) => table.Unresolved(reference).ToList()).ToList();
        if (unresolved.Exists(rows => rows.Count > 0))
        {
            batch.Add(PostgresRecordSql.Of(table.Collection).Recheck, [.. unresolved.SelectMany((rows, reference) => new[]
            {
                PostgresBatch.Bigints(rows.Select(row => row.Id)),
                PostgresBatch.Texts(rows.Select(row => row.Row.Targets[reference]!.Did.Value)),
                PostgresBatch.Texts(rows.Select(row => row.Row.Targets[reference]!.Rkey.Value)),
            })]);
        }

        if (table.Removed.Count > 0)
            foreach (var reference in CollectionCatalog.ReferencesTo(table.Collection))
                batch.Add(PostgresRecordSql.Leave(reference), PostgresBatch.Bigints(table.Removed));

        var arrived = table.Rows.Where(row => row.IsNew).ToList();
        if (arrived.Count == 0)
            return;

        foreach (var references in CollectionCatalog.ReferencesTo(table.Collection).GroupBy(reference => reference.From, reference => reference.Field))
        {
            batch.Add(
                PostgresRecordSql.Arrive(references.Key, [.. references]),
                PostgresBatch.Texts(arrived.Select(row => row.Row.Uri)),
                PostgresBatch.Bigints(arrived.Select(row => row.Id)));
        }
    }

    static void AddErrors(PostgresBatch batch, WritePlan plan)
    {
        if (plan.ClearedErrors.Count > 0)
        {
            batch.Add(
                PostgresStateSql.ClearErrors,
                PostgresBatch.Bigints(plan.ClearedErrors.Select(error => error.RunId)),
                PostgresBatch.Texts(plan.ClearedErrors.Select(error => error.Did)),
                PostgresBatch.Texts(plan.ClearedErrors.Select(error => error.Key.Collection)),
                PostgresBatch.Texts(plan.ClearedErrors.Select(error => error.Key.Uri)));
        }

        if (plan.Errors.Count > 0)
        {
            batch.Add(
                PostgresStateSql.WriteErrors,
                PostgresBatch.Bigints(plan.Errors.Select(error => error.RunId)),
                PostgresBatch.Texts(plan.Errors.Select(error => error.Did)),
                PostgresBatch.Texts(plan.Errors.Select(error => error.Key.Collection)),
                PostgresBatch.Texts(plan.Errors.Select(error => error.Key.Uri)),
                PostgresBatch.Texts(plan.Errors.Select(error => StorableText.Of(error.Failure.Cid))),
                PostgresBatch.Texts(plan.Errors.Select(error => error.Failure.Kind)),
                PostgresBatch.Texts(plan.Errors.Select(error => StorableText.Of(error.Failure.Message))),
                PostgresBatch.Value(plan.Now));
        }
    }
}
