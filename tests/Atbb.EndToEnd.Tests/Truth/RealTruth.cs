using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>What real PDSes say, as an index is to have it.</summary>
static class RealTruth
{
    /// <summary>Every record that the PDSes list of a forum and of accounts.</summary>
    public static async Task<List<IndexedRow>> ReadAsync(RealAccount forum, IEnumerable<RealAccount> accounts, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(forum, PageListing.ForumCollections, cancellationToken);
        foreach (var account in accounts)
            rows.AddRange(await ReadAsync(account, PageListing.UserCollections, cancellationToken));
        return rows;
    }

    /// <summary>The state of accounts, which their rows in both tables that have one must name.</summary>
    public static async Task CompareStatusesAsync(IndexDatabase index, Differences differences, params IEnumerable<(string Did, string Status)> expected)
    {
        foreach (var (did, status) in expected)
        {
            var rows = await IndexReader.QueryAsync(index, $"select r.status, coalesce(u.status, r.status) from repos r left join users u on u.did = r.did where r.did = '{did}'");
            differences.Compare($"status of {did} in repos and users", $"{status} {status}", rows.Count == 1 ? string.Join(' ', rows[0]) : $"{rows.Count} rows");
        }
    }

    static async Task<List<IndexedRow>> ReadAsync(RealAccount account, IReadOnlyList<string> collections, CancellationToken cancellationToken)
    {
        var rows = new List<IndexedRow>();
        foreach (var collection in collections)
        {
            // Neither database takes U+0000; it is kept as a browser shows it.
            rows.AddRange(
                from record in await account.ListAsync(collection, cancellationToken)
                select IndexedRow.Of(collection, account.Did, record.Rkey, record.Cid, record.Json.Replace("\\u0000", "\uFFFD", StringComparison.Ordinal)));
        }

        return rows;
    }
}
