using System.Text;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample;

/// <summary>
/// An account's repository, in memory. Every write is a commit and moves <see cref="Rev"/>. Safe for use by several threads; a repository
/// can be edited while PDSes serve it.
/// </summary>
public sealed class SampleRepo
{
    readonly Lock gate = new();
    readonly TimeProvider time;
    readonly Func<IEnumerable<(string Collection, SampleRecord Record)>>? contents;
    readonly RepoShelf? shelf;
    SortedDictionary<string, SampleCollection>? collections;
    DateTimeOffset lastTick = DateTimeOffset.UnixEpoch;
    Tid rev;
    long size;
    bool isEdited;

    /// <summary>An empty repository.</summary>
    /// <param name="did">The account.</param>
    /// <param name="handle">The account's handle.</param>
    /// <param name="time">The clock of revisions and new keys.</param>
    public SampleRepo(string did, string handle, TimeProvider? time = null)
    {
        Did = did;
        Handle = handle;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>A repository whose records are made when somebody asks for them, and may be given up and made again.</summary>
    /// <param name="did">The account.</param>
    /// <param name="handle">The account's handle.</param>
    /// <param name="committed">When it was last written to: known without making its records.</param>
    /// <param name="contents">Makes the records: the same ones every time.</param>
    /// <param name="shelf">Says for how long they are kept.</param>
    internal SampleRepo(
        string did, string handle, DateTimeOffset committed, Func<IEnumerable<(string Collection, SampleRecord Record)>> contents, RepoShelf shelf)
        : this(did, handle)
    {
        this.contents = contents;
        this.shelf = shelf;
        rev = NextTid(committed);
    }

    /// <summary>The account.</summary>
    public string Did { get; }

    /// <summary>The account's handle.</summary>
    public string Handle { get; }

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
    public string[] Collections => Read(all => all.Where(named => named.Value.Count > 0).Select(named => named.Key).ToArray());

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
            if (!Open().TryGetValue(collection, out var records) || !records.Remove(rkey))
                return false;
            Commit(null);
            return true;
        }
    }

    /// <summary>Takes a record down, as a PDS's moderators do: it is left out of every answer, and no commit tells.</summary>
    public bool TakeDown(string collection, string rkey)
    {
        lock (gate)
        {
            isEdited = true;
            return Open().TryGetValue(collection, out var records) && records.Remove(rkey);
        }
    }

    /// <summary>The record, or null.</summary>
    public SampleRecord? Find(string collection, string rkey) => Read(all => all.GetValueOrDefault(collection)?.Find(rkey));

    /// <summary>Every record of a collection, ascending.</summary>
    public SampleRecord[] Records(string collection) => Read(all => all.GetValueOrDefault(collection)?.ToArray() ?? []);

    /// <summary>How many records a collection holds.</summary>
    public int Count(string collection) => Read(all => all.GetValueOrDefault(collection)?.Count ?? 0);

    /// <summary>Some records of a collection, beginning after a key.</summary>
    public SampleRecord[] Page(string collection, string? after, bool ascending, int limit) =>
        Read(all => all.GetValueOrDefault(collection)?.Page(after, ascending, limit) ?? []);

    /// <summary>Puts a record as of a moment, so that a generated repository has the same revs every time.</summary>
    internal SampleRecord Put(string collection, string rkey, byte[] json, DateTimeOffset? at)
    {
        var record = SampleRecord.Of(Did, collection, rkey, json);
        lock (gate)
        {
            Into(Open(), collection, record);
            Commit(at);
        }

        return record;
    }

    /// <summary>Gives the records up, if they can be made again.</summary>
    internal void GiveUp()
    {
        lock (gate)
        {
            if (!isEdited)
                collections = null;
        }
    }

    T Read<T>(Func<SortedDictionary<string, SampleCollection>, T> read)
    {
        T result;
        lock (gate)
            result = read(Open());
        // Not under the lock: the shelf takes those of other repositories.
        shelf?.Use(this, size);
        return result;
    }

    SortedDictionary<string, SampleCollection> Open()
    {
        if (collections is not null)
            return collections;

        collections = new(StringComparer.Ordinal);
        size = 0;
        foreach (var (collection, record) in contents?.Invoke() ?? [])
        {
            Into(collections, collection, record);
            size += record.Item.Length;
        }

        return collections;
    }

    static void Into(SortedDictionary<string, SampleCollection> all, string collection, SampleRecord record)
    {
        if (!all.TryGetValue(collection, out var records))
            all.Add(collection, records = new SampleCollection());
        records.Put(record);
    }

    Tid Commit(DateTimeOffset? at)
    {
        isEdited = true;
        return rev = NextTid(at);
    }

    // Strictly growing, also when the clock stands still or is set back.
    Tid NextTid(DateTimeOffset? at)
    {
        var now = at ?? time.GetUtcNow();
        var next = lastTick.AddMicroseconds(1);
        lastTick = now > next ? now : next;
        return Tid.FromTime(lastTick, 0);
    }
}
