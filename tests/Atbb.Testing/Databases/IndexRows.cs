using System.Security.Cryptography;
using System.Text;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;

namespace Atbb.Testing.Databases;

/// <summary>Everything an index holds of records, to be compared with what repositories hold, or with another index.</summary>
public static class IndexRows
{
    /// <summary>All rows of all record tables, in order.</summary>
    public static async Task<IReadOnlyList<IndexedRow>> ReadAsync(IndexDatabase database)
    {
        var rows = new List<IndexedRow>();
        await using var connection = await database.Index.OpenConnectionAsync();
        foreach (var collection in CollectionCatalog.All)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select did, rkey, cid, cast(record as text) from {collection.Table}";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                rows.Add(IndexedRow.Of(collection.Nsid, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        }

        rows.Sort(IndexedRow.ByKey);
        return rows;
    }

    /// <summary>One value for all rows: equal for equal indexes.</summary>
    public static string Digest(IEnumerable<IndexedRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows.Order(IndexedRow.ByKey))
            hash.AppendData(Encoding.UTF8.GetBytes($"{row.Collection}\n{row.Did}\n{row.Rkey}\n{row.Cid}\n{row.Json}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
