using System.Collections.ObjectModel;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Batches;

/// <summary>What the database answered to a <see cref="ReadRequest"/>.</summary>
sealed class IndexReading
{
    readonly Dictionary<(int, RecordCollection), List<ExistingRow>> existing = [];
    readonly Dictionary<string, List<CollectionState>> cursors = new(StringComparer.Ordinal);
    readonly Dictionary<int, HashSet<ErrorKey>> errors = [];

    /// <summary>Ids of the records referred to, by URI, as far as they are in the index.</summary>
    public Dictionary<string, long> Targets { get; } = new(StringComparer.Ordinal);

    /// <summary>The repositories' users, by DID.</summary>
    public Dictionary<string, UserRow> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>How often rows had been removed when the targets were looked up (PostgreSQL).</summary>
    public long Removals { get; set; }

    public void AddExisting(int batch, RecordCollection collection, ExistingRow row)
    {
        if (!existing.TryGetValue((batch, collection), out var rows))
            existing.Add((batch, collection), rows = []);
        rows.Add(row);
    }

    public IReadOnlyList<ExistingRow> Existing(int batch, RecordCollection collection) =>
        existing.TryGetValue((batch, collection), out var rows) ? rows : [];

    public void AddCursor(string did, CollectionState cursor)
    {
        if (!cursors.TryGetValue(did, out var rows))
            cursors.Add(did, rows = []);
        rows.Add(cursor);
    }

    public IReadOnlyList<CollectionState> Cursors(string did) => cursors.TryGetValue(did, out var rows) ? rows : [];

    public void AddError(int batch, ErrorKey key)
    {
        if (!errors.TryGetValue(batch, out var keys))
            errors.Add(batch, keys = []);
        keys.Add(key);
    }

    /// <summary>Error rows there already are. A batch's own and no others: where many batches fail together, each would walk the errors of all.</summary>
    public IReadOnlySet<ErrorKey> Errors(int batch) => errors.TryGetValue(batch, out var keys) ? keys : ReadOnlySet<ErrorKey>.Empty;
}
