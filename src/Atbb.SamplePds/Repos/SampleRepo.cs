using System.Text;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample;

/// <summary>
/// An account's repository, in memory. Every write is a commit and moves <see cref="Rev"/>. Safe for use by several threads; a repository
/// can be edited while PDSes serve it.
/// </summary>
public sealed class SampleRepo(string did, string handle, TimeProvider? time = null)
{
    readonly Lock gate = new();
    readonly SortedDictionary<string, SampleCollection> collections = new(StringComparer.Ordinal);
    readonly TimeProvider time = time ?? TimeProvider.System;
    DateTimeOffset lastTick = DateTimeOffset.UnixEpoch;
    Tid rev;

    /// <summary>The account.</summary>
    public string Did { get; } = did;

    /// <summary>The account's handle.</summary>
    public string Handle { get; } = handle;

    /// <summary>The revision of the latest commit. An empty repository has one too.</summary>
    public Tid Rev
    {
        get
        {
            lock (gate)
                return rev.Value is null ? Commit(null) : rev;
        }
    }

    /// <summary>The names of the collections that hold records.</summary>
    public string[] Collections
    {
        get
        {
            lock (gate)
                return collections.Where(named => named.Value.Count > 0).Select(named => named.Key).ToArray();
        }
    }

    /// <summary>Creates or replaces a record.</summary>
    /// <param name="collection">The collection's NSID.</param>
    /// <param name="rkey">The key. Not checked: a test may want one that no PDS would take.</param>
    /// <param name="json">The record; any JSON. Kept byte for byte.</param>
    public SampleRecord Put(string collection, string rkey, string json) => Put(collection, rkey, Encoding.UTF8.GetBytes(json), null);

    /// <summary>Creates a record under a new key, a TID.</summary>
    public SampleRecord Add(string collection, string json)
    {
        Tid rkey;
        lock (gate)
            rkey = NextTid(null);
        return Put(collection, rkey.Value, json);
    }

    /// <summary>Deletes a record; false, and no commit, when there is none.</summary>
    public bool Delete(string collection, string rkey)
    {
        lock (gate)
        {
            if (!collections.TryGetValue(collection, out var records) || !records.Remove(rkey))
                return false;
            Commit(null);
            return true;
        }
    }

    /// <summary>Takes a record down, as a PDS's moderators do: it is left out of every answer, and no commit tells.</summary>
    public bool TakeDown(string collection, string rkey)
    {
        lock (gate)
            return collections.TryGetValue(collection, out var records) && records.Remove(rkey);
    }

    /// <summary>The record, or null.</summary>
    public SampleRecord? Find(string collection, string rkey)
    {
        lock (gate)
            return collections.GetValueOrDefault(collection)?.Find(rkey);
    }

    /// <summary>Every record of a collection, ascending.</summary>
    public SampleRecord[] Records(string collection)
    {
        lock (gate)
            return collections.GetValueOrDefault(collection)?.ToArray() ?? [];
    }

    /// <summary>How many records a collection holds.</summary>
    public int Count(string collection)
    {
        lock (gate)
            return collections.GetValueOrDefault(collection)?.Count ?? 0;
    }

    /// <summary>Some records of a collection, beginning after a key.</summary>
    public SampleRecord[] Page(string collection, string? after, bool ascending, int limit)
    {
        lock (gate)
            return collections.GetValueOrDefault(collection)?.Page(after, ascending, limit) ?? [];
    }

    /// <summary>Puts a record as of a moment, so that a generated repository has the same revs every time.</summary>
    internal SampleRecord Put(string collection, string rkey, byte[] json, DateTimeOffset? at)
    {
        var record = new SampleRecord($"at://{Did}/{collection}/{rkey}", rkey, DagCbor.CidOf(json), json);
        lock (gate)
        {
            if (!collections.TryGetValue(collection, out var records))
                collections.Add(collection, records = new SampleCollection());
            records.Put(record);
            Commit(at);
        }

        return record;
    }

    Tid Commit(DateTimeOffset? at) => rev = NextTid(at);

    // Strictly growing, also when the clock stands still or is set back.
    Tid NextTid(DateTimeOffset? at)
    {
        var now = at ?? time.GetUtcNow();
        var next = lastTick.AddMicroseconds(1);
        lastTick = now > next ? now : next;
        return Tid.FromTime(lastTick, 0);
    }
}
