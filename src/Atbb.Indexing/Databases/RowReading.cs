using System.Data.Common;
using Dapper;

namespace Atbb.Indexing.Databases;

/// <summary>
/// Rows read by hand. Dapper puts together the code that makes objects of rows while the program runs, 7 to 30 ms for each kind of row: too much for statements that a
/// run asks once.
/// </summary>
static class RowReading
{
    /// <summary>Runs a query and hands each of its rows on. Not generic: what is generic over a value is compiled while the program runs, too.</summary>
    public static async Task ReadAsync(this DbConnection connection, CommandDefinition query, Action<DbDataReader> read)
    {
        await using var row = await connection.ExecuteReaderAsync(query);
        while (await row.ReadAsync(query.CancellationToken))
            read(row);
    }
}
