using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>
/// Row ids reserved ahead of the rows. Knowing them before the insert is what lets a reply and its topic be written in one statement,
/// the reply with the topic's id.
/// </summary>
sealed class IdPool
{
    readonly Dictionary<RecordCollection, Queue<long>> ids = [];

    public int Count(RecordCollection collection) => ids.TryGetValue(collection, out var queue) ? queue.Count : 0;

    public void Add(RecordCollection collection, long id)
    {
        if (!ids.TryGetValue(collection, out var queue))
            ids.Add(collection, queue = []);
        queue.Enqueue(id);
    }

    public long Take(RecordCollection collection) => ids[collection].Dequeue();

    public void Clear() => ids.Clear();
}
