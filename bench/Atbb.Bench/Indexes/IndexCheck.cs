using System.Globalization;
using Atbb.Bench.Forums;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;

namespace Atbb.Bench.Indexes;

/// <summary>Whether an index holds exactly what the forum has: a fast backfill that loses a record, or what it refers to, is none.</summary>
static class IndexCheck
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IndexDatabase index, IReadOnlyDictionary<string, string> expected, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var tally = new RecordTally();
        await using var connection = await index.Index.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        foreach (var collection in CollectionCatalog.All)
        {
            command.CommandText = $"select did, rkey, cid from {collection.Table}";
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                tally.Add(collection.Nsid, reader.GetString(0), reader.GetString(1), reader.GetString(2));
        }

        var found = tally.Digests();
        foreach (var collection in expected.Keys.Union(found.Keys).Order(StringComparer.Ordinal))
        {
            var (should, does) = (expected.GetValueOrDefault(collection, "nothing"), found.GetValueOrDefault(collection, "nothing"));
            if (should != does)
                faults.Add($"{collection}: {does} instead of {should}");
        }

        foreach (var reference in Reference.All)
        {
            command.CommandText = reference.CountWrong;
            if (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) is > 0 and var wrong)
                faults.Add($"{reference.Table}.{reference.Id}: {wrong} of them do not lead to what the record names");
        }

        return faults;
    }
}
