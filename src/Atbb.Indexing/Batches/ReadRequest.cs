using Atbb.AtProto.Syntax;
using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>Everything a transaction must know of the database before it can be planned, so that one round trip fetches it.</summary>
sealed class ReadRequest
{
    /// <summary>The repositories, by byte order.</summary>
    public required string[] Dids { get; init; }

    /// <summary>The stretches of record rows, by table.</summary>
    public Dictionary<RecordCollection, List<KeyStretch>> Stretches { get; } = [];

    /// <summary>The records that are referred to, by table and URI.</summary>
    public Dictionary<RecordCollection, Dictionary<string, AtUri>> Targets { get; } = [];

    /// <summary>How many rows may be added, by table.</summary>
    public Dictionary<RecordCollection, int> NewRows { get; } = [];

    /// <summary>The stretches of error rows.</summary>
    public List<ErrorStretch> Errors { get; } = [];

    public static ReadRequest For(IReadOnlyList<PendingBatch> group)
    {
        var request = new ReadRequest { Dids = [.. group.Select(batch => batch.Repo.Did).Order(StringComparer.Ordinal)] };
        for (var i = 0; i < group.Count; i++)
            request.Add(i, group[i]);
        return request;
    }

    void Add(int index, PendingBatch batch)
    {
        Errors.AddRange(ErrorStretch.Of(index, batch));
        if (batch.Batch.RemoveRows)
        {
            var everything = KeyStretch.Of(index, batch.Repo.Did, new KeyRange(null, false, null, false));
            foreach (var every in CollectionCatalog.All)
                List(Stretches, every).Add(everything);
        }

        if (batch.Collection is not { } collection)
            return;

        List(Stretches, collection).AddRange(KeyStretch.Of(index, batch));
        NewRows[collection] = NewRows.GetValueOrDefault(collection) + batch.Rows.Count;
        for (var i = 0; i < collection.References.Count; i++)
        {
            var targets = List(Targets, CollectionCatalog.Get(collection.References[i].Target!));
            foreach (var row in batch.Rows.Values)
                if (row.Targets[i] is { } target)
                    targets.TryAdd(target.Value, target);
        }
    }

    static T List<T>(Dictionary<RecordCollection, T> lists, RecordCollection collection)
        where T : new()
    {
        if (!lists.TryGetValue(collection, out var list))
            lists.Add(collection, list = new T());
        return list;
    }
}
