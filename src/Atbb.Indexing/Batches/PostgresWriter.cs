using System.Data;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Npgsql;

namespace Atbb.Indexing.Batches;

/// <summary>
/// Writes sets of rows to PostgreSQL: one round trip to begin and read, one to write, one to commit; where there are new rows, two for each of their
/// tables and one for what follows from them.
/// </summary>
sealed partial class PostgresWriter(NpgsqlDataSource dataSource) : IRecordWriter
{
    readonly PostgresCopy copy = new();
    NpgsqlConnection? connection;
    NpgsqlTransaction? transaction;
    bool locked;

    public IdPool Ids { get; } = new();

    public async Task<IndexReading> BeginAsync(ReadRequest request, bool alone)
    {
        // It may have been lost while nothing was written, and the driver have noticed: it asks after idle ones where it is told to (Keepalive).
        if (connection is { FullState: not ConnectionState.Open })
            await DisposeAsync();
        connection ??= await dataSource.OpenConnectionAsync();
        transaction = await connection.BeginTransactionAsync();
        locked = alone;

        var reading = new IndexReading();
        await using var batch = Begin();
        batch.Query(static _ => { }, PostgresStateSql.Settings);
        if (alone)
        {
            batch.Query(static _ => { }, PostgresStateSql.LockRepos, PostgresBatch.Texts(request.Dids));
            batch.Query(static _ => { }, PostgresStateSql.LockReferences);
        }

        // Before the targets: a removal in between then shows as a difference later, and not the other way round.
        batch.Query(row => reading.Removals = row.GetInt64(0), PostgresStateSql.Removals);
        foreach (var (collection, count) in request.NewRows)
            if (count > Ids.Count(collection))
                batch.Query(row => Ids.Add(collection, row.GetInt64(0)), PostgresRecordSql.Of(collection).ReserveIds, PostgresBatch.Value(count - Ids.Count(collection)));

        foreach (var (collection, stretches) in request.Stretches)
            AddExisting(batch, reading, collection, stretches);
        foreach (var (collection, targets) in request.Targets)
            AddTargets(batch, reading, collection, targets.Values);
        AddStates(batch, reading, request);
        await batch.ExecuteAsync();
        return reading;
    }

    static void AddExisting(PostgresBatch batch, IndexReading reading, RecordCollection collection, List<KeyStretch> stretches)
    {
        if (stretches.Count == 0)
            return;

        batch.Query(
            row => reading.AddExisting(row.GetInt32(0), collection, new ExistingRow(row.GetString(1), row.GetString(2), row.GetInt64(3))),
            PostgresRecordSql.Of(collection).Existing,
            PostgresBatch.Integers(stretches.Select(stretch => stretch.Batch)),
            PostgresBatch.Texts(stretches.Select(stretch => stretch.Did)),
            PostgresBatch.Texts(stretches.Select(stretch => StorableText.Of(stretch.Lower))),
            PostgresBatch.Booleans(stretches.Select(stretch => stretch.LowerInclusive)),
            PostgresBatch.Texts(stretches.Select(stretch => StorableText.Of(stretch.Upper))),
            PostgresBatch.Booleans(stretches.Select(stretch => stretch.UpperInclusive)));
    }

    static void AddTargets(PostgresBatch batch, IndexReading reading, RecordCollection collection, Dictionary<string, AtUri>.ValueCollection named)
    {
        if (named.Count == 0)
            return;

        AtUri[] targets = [.. named];
        batch.Query(
            row => reading.Targets[targets[row.GetInt64(0) - 1].Value] = row.GetInt64(1),
            PostgresRecordSql.Of(collection).Targets,
            PostgresBatch.Texts(targets.Select(static target => target.Did.Value)),
            PostgresBatch.Texts(targets.Select(static target => target.Rkey.Value)));
    }

    static void AddStates(PostgresBatch batch, IndexReading reading, ReadRequest request)
    {
        batch.Query(
            row => reading.Users[row.GetString(0)] = new UserRow(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2)),
            PostgresStateSql.Users,
            PostgresBatch.Texts(request.Dids));
        batch.Query(
            row => reading.AddCursor(row.GetString(0), RepoRow.ReadCursor(row, 1)),
            PostgresStateSql.Cursors,
            PostgresBatch.Texts(request.Dids));
        if (request.Errors.Count == 0)
            return;

        batch.Query(
            row => reading.AddError(row.GetInt32(0), new ErrorKey(row.GetString(1), row.GetString(2))),
            PostgresStateSql.Errors,
            PostgresBatch.Integers(request.Errors.Select(stretch => stretch.Batch)),
            PostgresBatch.Bigints(request.Errors.Select(stretch => stretch.RunId)),
            PostgresBatch.Texts(request.Errors.Select(stretch => stretch.Did)),
            PostgresBatch.Texts(request.Errors.Select(stretch => stretch.Collection)),
            PostgresBatch.Texts(request.Errors.Select(stretch => StorableText.Of(stretch.LowerUri))),
            PostgresBatch.Texts(request.Errors.Select(stretch => StorableText.Of(stretch.UpperUri))));
    }

    public string? FaultOf(RecordRow row) =>
        StorableNumber.FindUnstorable(row.Json.Span) is { } number ? $"The record has a number that the database cannot hold: {number}." : null;

    public async Task<IReadOnlyList<(RowWrite Row, string Message)>> FindRefusedAsync(WritePlan plan)
    {
        var refused = new List<(RowWrite, string)>();
        foreach (var table in plan.Tables)
        {
            foreach (var row in table.Rows)
            {
                await transaction!.SaveAsync("row");
                try
                {
                    await WriteAloneAsync(table.Collection, row, plan.Now);
                }
                catch (PostgresException e) when (PostgresDatabase.IsRefused(e))
                {
                    refused.Add((row, e.MessageText));
                }

                await transaction!.RollbackAsync("row");
            }
        }

        await RollbackAsync();
        return refused;
    }

    async Task WriteAloneAsync(RecordCollection collection, RowWrite row, DateTime now)
    {
        if (row.IsNew)
        {
            await copy.SendAsync(connection!, collection, [row], now);
            return;
        }

        await using var batch = Begin();
        AddUpdates(batch, collection, [row], now);
        await batch.ExecuteAsync();
    }

    public async Task CommitAsync()
    {
        await transaction!.CommitAsync();
        await transaction.DisposeAsync();
        transaction = null;
    }

    public async Task RollbackAsync()
    {
        try
        {
            if (transaction is not null)
                await transaction.RollbackAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // Lost with its connection; the server has rolled it back.
        }

        if (connection is not { FullState: System.Data.ConnectionState.Open })
            await DisposeAsync();
        transaction = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }

    PostgresBatch Begin() => new(connection!, transaction!);
}
