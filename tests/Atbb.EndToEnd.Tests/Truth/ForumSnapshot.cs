using System.Text;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>What the repositories of a forum hold at a moment, as the index is to hold it.</summary>
sealed class ForumSnapshot
{
    readonly Dictionary<(string Did, string Collection, string Rkey), string> cids = [];

    ForumSnapshot(SampleForum forum, IReadOnlyList<IndexedRow> rows)
    {
        Rows = rows;
        Revs = forum.Repos.ToDictionary(repo => repo.Did, repo => repo.Rev.Value);
        Handles = forum.Repos.ToDictionary(repo => repo.Did, repo => repo.Handle);
        foreach (var row in rows)
            cids.Add((row.Did, row.Collection, row.Rkey), row.Cid);
    }

    /// <summary>Every record, in order.</summary>
    public IReadOnlyList<IndexedRow> Rows { get; }

    /// <summary>Every repository's rev.</summary>
    public IReadOnlyDictionary<string, string> Revs { get; }

    /// <summary>Every account's handle.</summary>
    public IReadOnlyDictionary<string, string> Handles { get; }

    public static ForumSnapshot Of(SampleForum forum)
    {
        var rows = (from repo in forum.Repos
                    from collection in repo.Did == forum.Forum.Did ? [.. PageListing.ForumCollections, .. PageListing.UserCollections] : PageListing.UserCollections
                    from record in repo.Records(collection)
                    select IndexedRow.Of(collection, repo.Did, record.Rkey, record.Cid, Encoding.UTF8.GetString(record.Json.Span))).ToList();
        rows.Sort(IndexedRow.ByKey);
        return new ForumSnapshot(forum, rows);
    }

    /// <summary>What a run comes to that finds this where the index holds <paramref name="before"/> (null: nothing).</summary>
    public RecordCounts CountsAfter(ForumSnapshot? before)
    {
        if (before is null)
            return new(Rows.Count, 0, 0, 0, 0);

        // A repository whose rev is the same is not read at all.
        var read = Revs.Where(repo => before.Revs.GetValueOrDefault(repo.Key) != repo.Value).Select(repo => repo.Key).ToHashSet();
        long indexed = 0, updated = 0, unchanged = 0;
        foreach (var (key, cid) in cids.Where(row => read.Contains(row.Key.Did)))
        {
            if (!before.cids.TryGetValue(key, out var old))
                indexed++;
            else if (old == cid)
                unchanged++;
            else
                updated++;
        }

        return new(indexed, updated, unchanged, before.cids.Keys.Count(key => read.Contains(key.Did) && !cids.ContainsKey(key)), 0);
    }
}
