using System.Globalization;
using Atbb.Indexing.Databases;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>Reads the index with plain SQL that both databases understand.</summary>
static class IndexReader
{
    /// <summary>The rows of a query; nulls are empty strings.</summary>
    public static async Task<IReadOnlyList<string[]>> QueryAsync(IndexDatabase index, string sql)
    {
        var rows = new List<string[]>();
        await using var connection = await index.Index.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "")]);
        return rows;
    }

    /// <summary>A query for one number.</summary>
    public static async Task<long> NumberAsync(IndexDatabase index, string sql) =>
        long.Parse((await QueryAsync(index, sql))[0][0], CultureInfo.InvariantCulture);
}
