namespace Atbb.Sample;

/// <summary>Keeps the records of the generated repositories that were read last; those of the others are given up, to be made again when read.</summary>
/// <param name="capacity">Bytes of records to keep. The one read last is kept however large it is.</param>
sealed class RepoShelf(long capacity)
{
    readonly Lock gate = new();
    readonly Dictionary<SampleRepo, LinkedListNode<(SampleRepo Repo, long Size)>> places = [];
    readonly LinkedList<(SampleRepo Repo, long Size)> latestFirst = [];
    long held;

    /// <summary>A repository has been read.</summary>
    public void Use(SampleRepo repo, long size)
    {
        var givenUp = new List<SampleRepo>();
        lock (gate)
        {
            if (places.TryGetValue(repo, out var place))
            {
                latestFirst.Remove(place);
                latestFirst.AddFirst(place);
            }
            else
            {
                places.Add(repo, latestFirst.AddFirst((repo, size)));
                held += size;
            }

            while (held > capacity && latestFirst.Count > 1)
            {
                var last = latestFirst.Last!.Value;
                latestFirst.RemoveLast();
                places.Remove(last.Repo);
                held -= last.Size;
                givenUp.Add(last.Repo);
            }
        }

        // Not under the lock: whoever makes a repository's records holds that one's.
        foreach (var other in givenUp)
            other.GiveUp();
    }
}
