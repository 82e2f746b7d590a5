using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Atbb.Indexing.Batches;

/// <summary>Statements that go to PostgreSQL in one round trip, with arrays for parameters.</summary>
sealed class PostgresBatch : IAsyncDisposable
{
    readonly NpgsqlBatch batch;
    readonly List<Action<DbDataReader>> rows = [];

    public PostgresBatch(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        batch = new NpgsqlBatch(connection, transaction);

    /// <summary>Adds a statement that returns nothing.</summary>
    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    /// <summary>Adds a statement that returns rows.</summary>
    public void Query(Action<DbDataReader> row, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        Add(sql, parameters);
        rows.Add(row);
    }

    /// <summary>Sends the statements and hands out their rows.</summary>
    public async Task ExecuteAsync()
    {
        if (batch.BatchCommands.Count == 0)
            return;

        await using var reader = await batch.ExecuteReaderAsync();
        // The reader passes over statements that return nothing.
        foreach (var row in rows)
        {
            while (await reader.ReadAsync())
                row(reader);
            await reader.NextResultAsync();
        }

        while (await reader.NextResultAsync())
        {
        }
    }

    public ValueTask DisposeAsync() => batch.DisposeAsync();

    public static NpgsqlParameter Bigints(IEnumerable<long> values) => Array(values.ToArray(), NpgsqlDbType.Bigint);

    public static NpgsqlParameter Bigints(IEnumerable<long?> values) => Array(values.ToArray(), NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integers(IEnumerable<int> values) => Array(values.ToArray(), NpgsqlDbType.Integer);

    public static NpgsqlParameter Booleans(IEnumerable<bool> values) => Array(values.ToArray(), NpgsqlDbType.Boolean);

    public static NpgsqlParameter Texts(IEnumerable<string?> values) => Array(values.ToArray(), NpgsqlDbType.Text);

    public static NpgsqlParameter Jsons(IEnumerable<ReadOnlyMemory<byte>> values) => Array(values.ToArray(), NpgsqlDbType.Jsonb);

    public static NpgsqlParameter Jsons(IEnumerable<string?> values) => Array(values.ToArray(), NpgsqlDbType.Jsonb);

    public static NpgsqlParameter Times(IEnumerable<DateTime?> values) => Array(values.ToArray(), NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Value(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Value(DateTime value) => new NpgsqlParameter<DateTime> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    static NpgsqlParameter<T[]> Array<T>(T[] values, NpgsqlDbType element) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | element };
}
