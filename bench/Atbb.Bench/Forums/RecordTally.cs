using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Atbb.Sample;

namespace Atbb.Bench.Forums;

/// <summary>
/// Counts records and digests their DIDs, keys and CIDs, in any order: neither the forum nor the index has to be held in memory or sorted.
/// </summary>
sealed class RecordTally
{
    readonly SortedDictionary<string, (long Count, UInt128 Sum)> collections = new(StringComparer.Ordinal);

    /// <summary>How many records were added.</summary>
    public long Count => collections.Values.Sum(named => named.Count);

    /// <summary>Those of a forum.</summary>
    public static RecordTally Of(SampleForum forum)
    {
        var tally = new RecordTally();
        foreach (var repo in forum.Repos)
            foreach (var collection in repo.Collections)
                foreach (var record in repo.Records(collection))
                    tally.Add(collection, repo.Did, record.Rkey, record.Cid);
        return tally;
    }

    /// <summary>Adds a record.</summary>
    public void Add(string collection, string did, string rkey, string cid)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{did}\n{rkey}\n{cid}"), hash);
        var (count, sum) = collections.GetValueOrDefault(collection);
        // A sum, and not an exclusive or: a row that is there twice must show.
        collections[collection] = (count + 1, unchecked(sum + BitConverter.ToUInt128(hash)));
    }

    /// <summary>By collection: how many records, and their digest. Equal for equal sets.</summary>
    public Dictionary<string, string> Digests() => collections.ToDictionary(
        named => named.Key, named => string.Create(CultureInfo.InvariantCulture, $"{named.Value.Count} records, {named.Value.Sum:x32}"));
}
