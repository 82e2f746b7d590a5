using System.Text;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Batches;

/// <summary>
/// Writes rows to SQLite, one prepared statement each: faster there than statements of many rows. Its calls block the lane's thread,
/// which has nothing else to do. SQLite has one writer at a time, so no transaction sees another's half.
/// </summary>
sealed class SqliteWriter(SqliteDataSource dataSource) : IRecordWriter
{
    SqliteStatements? statements;
    bool inTransaction;

    public IdPool Ids { get; } = new();

    /// <summary>Statements run on the connection that is open.</summary>
    public long Statements => statements?.Count ?? 0;

    public Task<IndexReading> BeginAsync(ReadRequest request, bool alone)
    {
        // Its own connection has been open for long.
        dataSource.SeeThatItIsThere();
        statements ??= new SqliteStatements((SqliteConnection)dataSource.OpenConnection());
        // Immediate: a transaction that begins by reading could not become the writer once another has written.
        statements.Run("begin immediate");
        inTransaction = true;

        var reading = new IndexReading();
        Ids.Clear();
        foreach (var (collection, count) in request.NewRows)
        {
            var last = statements.Number(SqliteRecordSql.Of(collection).LastId) ?? 0;
            for (var i = 1; i <= count; i++)
                Ids.Add(collection, last + i);
        }

        foreach (var (collection, stretches) in request.Stretches)
            foreach (var stretch in stretches)
                ReadExisting(reading, collection, stretch);

        foreach (var (collection, targets) in request.Targets)
            foreach (var target in targets.Values)
                if (statements.Number(SqliteRecordSql.Of(collection).Target, target.Did.Value, target.Rkey.Value) is { } id)
                    reading.Targets[target.Value] = id;

        foreach (var did in request.Dids)
        {
            statements.Query(row => reading.Users[did] = new UserRow(did, RepoRow.Text(row, 0), row.GetString(1)), SqliteStateSql.User, did);
            statements.Query(row => reading.AddCursor(did, RepoRow.ReadCursor(row, 0)), SqliteStateSql.Cursors, did);
        }

        foreach (var stretch in request.Errors)
            statements.Query(
                row => reading.AddError(stretch.Batch, new ErrorKey(row.GetString(0), row.GetString(1))),
                SqliteStateSql.Errors, stretch.RunId, stretch.Did, stretch.Collection, StorableText.Of(stretch.LowerUri), StorableText.Of(stretch.UpperUri));

        return Task.FromResult(reading);
    }

    void ReadExisting(IndexReading reading, RecordCollection collection, KeyStretch stretch) => statements!.Query(
        row => reading.AddExisting(stretch.Batch, collection, new ExistingRow(row.GetString(0), row.GetString(1), row.GetInt64(2))),
        SqliteRecordSql.Of(collection).Existing,
        stretch.Did, StorableText.Of(stretch.Lower), StorableText.Of(stretch.Upper), stretch.LowerInclusive, stretch.UpperInclusive);

    public Task<WriteOutcome> WriteAsync(WritePlan plan)
    {
        var now = SqliteTime.Of(plan.Now);
        var stale = new HashSet<string>(StringComparer.Ordinal);
        foreach (var repo in plan.Repos)
            if (!WriteRepo(repo, now))
                stale.Add(repo.Did);
        if (stale.Count > 0)
            return Task.FromResult(new WriteOutcome(stale, TargetsMoved: false));

        foreach (var (did, collection) in plan.RemovedCursors)
            statements!.Run(SqliteStateSql.RemoveCursor, did, collection);
        foreach (var (did, state) in plan.Cursors)
            statements!.Run(
                SqliteStateSql.WriteCursor, did, state.Collection, state.RunId, StorableText.Of(state.Cursor), StorableText.Of(state.LastRkey),
                state.Order.Stored(), state.IsComplete, StorableText.Of(state.Rev));
        foreach (var user in plan.Users)
            statements!.Run(SqliteStateSql.WriteUser, user.Did, user.Handle, user.Status, now);

        foreach (var table in plan.Tables)
            foreach (var id in table.Removed)
                statements!.Run(SqliteRecordSql.Of(table.Collection).Delete, id);
        foreach (var table in plan.Tables)
            foreach (var row in table.Rows)
                WriteRow(table.Collection, row, now);
        foreach (var table in plan.Tables)
            WriteReferences(table);

        foreach (var (run, did, key) in plan.ClearedErrors)
            statements!.Run(SqliteStateSql.ClearError, run, did, key.Collection, key.Uri);
        foreach (var error in plan.Errors)
            statements!.Run(
                SqliteStateSql.WriteError, error.RunId, error.Did, error.Key.Collection, error.Key.Uri, StorableText.Of(error.Failure.Cid),
                error.Failure.Kind, StorableText.Of(error.Failure.Message), now);

        return Task.FromResult(new WriteOutcome(stale, TargetsMoved: false));
    }

    bool WriteRepo(RepoState repo, string now) => statements!.Run(
        SqliteStateSql.Repo,
        repo.Did, StorableText.Of(repo.Pds), StorableText.Of(repo.Handle), Time(repo.IdentityAt), StorableText.Of(repo.Rev), repo.Status.Stored(),
        repo.RunId, repo.Phase, repo.IsSettled,
        repo.Counts.Indexed, repo.Counts.Updated, repo.Counts.Unchanged, repo.Counts.Deleted, repo.Counts.Failed, repo.Counts.Requests, repo.Counts.Bytes,
        repo.Attempts, Time(repo.RetryAfter), StorableText.Of(repo.LastError), Time(repo.SyncedAt), repo.Version, now, repo.Moves) > 0;

    void WriteRow(RecordCollection collection, RowWrite write, string now)
    {
        var row = write.Row;
        var values = new object?[7 + row.Values.Length + write.TargetIds.Length];
        values[0] = write.Id;
        values[1] = write.Did;
        values[2] = row.Rkey;
        values[3] = row.Cid;
        values[4] = Encoding.UTF8.GetString(row.Json.Span);
        values[5] = SqliteTime.Of(write.CreatedAt);
        values[6] = now;
        for (var i = 0; i < row.Values.Length; i++)
            values[7 + i] = row.Values[i] is DateTime time ? SqliteTime.Of(time) : row.Values[i];
        for (var i = 0; i < write.TargetIds.Length; i++)
            values[7 + row.Values.Length + i] = write.TargetIds[i];
        statements!.Run(SqliteRecordSql.Of(collection).Upsert, values);
    }

    void WriteReferences(TableWrite table)
    {
        foreach (var reference in CollectionCatalog.ReferencesTo(table.Collection))
        {
            foreach (var id in table.Removed)
                statements!.Run(SqliteRecordSql.Leave(reference), id);
            if (statements!.Number(SqliteRecordSql.AnyWaiting(reference)) is null)
                continue;
            foreach (var row in table.Rows)
                if (row.IsNew)
                    statements!.Run(SqliteRecordSql.Arrive(reference), row.Row.Uri, row.Id);
        }
    }

    // Records are kept as text: any number is taken.
    public string? FaultOf(RecordRow row) => null;

    public async Task<IReadOnlyList<(RowWrite Row, string Message)>> FindRefusedAsync(WritePlan plan)
    {
        var refused = new List<(RowWrite, string)>();
        foreach (var table in plan.Tables)
        {
            foreach (var row in table.Rows)
            {
                statements!.Run("savepoint one_row");
                try
                {
                    WriteRow(table.Collection, row, SqliteTime.Of(plan.Now));
                }
                catch (SqliteException e) when (SqliteDatabase.IsRefused(e))
                {
                    refused.Add((row, e.Message));
                }

                statements.Run("rollback to one_row");
                statements.Run("release one_row");
            }
        }

        await RollbackAsync();
        return refused;
    }

    public Task CommitAsync()
    {
        statements!.Run("commit");
        inTransaction = false;
        return Task.CompletedTask;
    }

    public Task RollbackAsync()
    {
        try
        {
            if (inTransaction)
                statements?.Run("rollback");
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself on some errors, and then there is nothing to roll back. The connection is not trusted either way.
            statements?.Dispose();
            statements = null;
        }

        inTransaction = false;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        statements?.Dispose();
        statements = null;
        return ValueTask.CompletedTask;
    }

    static string? Time(DateTimeOffset? time) => time is { } value ? SqliteTime.Of(value) : null;
}
