using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Batches;

/// <summary>One connection's statements, each prepared the first time it is run.</summary>
sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);

    /// <summary>Statements run: what a record costs here.</summary>
    public long Count { get; private set; }

    /// <summary>Runs a statement with <c>$1</c>, <c>$2</c>, … and says how many rows it touched.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query for one number; null when there is no row.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) => (long?)Bind(sql, values).ExecuteScalar();

    /// <summary>Runs a query and hands out its rows.</summary>
    public void Query(Action<DbDataReader> row, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read())
            row(reader);
    }

    SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        Count++;
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${i}"), null));
            commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
        connection.Dispose();
    }
}
