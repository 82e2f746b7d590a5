namespace Atbb.Sample;

/// <summary>The records of one collection in the order of their keys, by bytes. Guarded by its repository's lock.</summary>
sealed class SampleCollection
{
    readonly List<SampleRecord> records = [];

    public int Count => records.Count;

    public SampleRecord? Find(string rkey) => Search(rkey) is >= 0 and var at ? records[at] : null;

    public void Put(SampleRecord record)
    {
        var at = Search(record.Rkey);
        if (at >= 0)
            records[at] = record;
        else
            records.Insert(~at, record);
    }

    public bool Remove(string rkey)
    {
        var at = Search(rkey);
        if (at < 0)
            return false;
        records.RemoveAt(at);
        return true;
    }

    /// <summary>Up to <paramref name="limit"/> records after the one with key <paramref name="after"/>, which need not exist.</summary>
    public SampleRecord[] Page(string? after, bool ascending, int limit)
    {
        var at = string.IsNullOrEmpty(after) ? (int?)null : Search(after);
        if (ascending)
        {
            var first = at is null ? 0 : at >= 0 ? at.Value + 1 : ~at.Value;
            return records.GetRange(first, Math.Min(limit, records.Count - first)).ToArray();
        }

        var end = at is null ? records.Count : at >= 0 ? at.Value : ~at.Value;
        var count = Math.Min(limit, end);
        var page = records.GetRange(end - count, count).ToArray();
        Array.Reverse(page);
        return page;
    }

    public SampleRecord[] ToArray() => records.ToArray();

    int Search(string rkey)
    {
        // Most puts append: the newest key is the greatest.
        if (records.Count > 0 && string.CompareOrdinal(records[^1].Rkey, rkey) < 0)
            return ~records.Count;

        int low = 0, high = records.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(records[middle].Rkey, rkey);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }
}
