namespace Atbb.Indexing.Batches;

/// <summary>A stretch of one table to be read for a batch: keys of one repository between two bounds.</summary>
readonly record struct KeyStretch(int Batch, string Did, string Lower, bool LowerInclusive, string Upper, bool UpperInclusive)
{
    // Record keys are ASCII up to '~'.
    const string AfterAll = "\u007f";

    /// <summary>The stretches a batch of records speaks for: its range, and each key outside of it.</summary>
    public static IEnumerable<KeyStretch> Of(int index, PendingBatch batch)
    {
        var range = batch.Batch.Range;
        if (range is not null)
            yield return Of(index, batch.Repo.Did, range);

        foreach (var record in batch.Batch.Records)
            if (!string.IsNullOrEmpty(record.Rkey) && !record.Rkey.Contains('\0') && !Contains(range, record.Rkey))
                yield return new KeyStretch(index, batch.Repo.Did, record.Rkey, true, record.Rkey, true);
    }

    /// <summary>A range with its open ends closed.</summary>
    public static KeyStretch Of(int index, string did, KeyRange range) => new(
        index, did, range.Lower ?? "", range.LowerInclusive || range.Lower is null, range.Upper ?? AfterAll, range.UpperInclusive || range.Upper is null);

    /// <summary>Whether a range holds a key, by bytes.</summary>
    public static bool Contains(KeyRange? range, string rkey)
    {
        if (range is null)
            return false;

        var lower = range.Lower is null ? 1 : string.CompareOrdinal(rkey, range.Lower);
        var upper = range.Upper is null ? -1 : string.CompareOrdinal(rkey, range.Upper);
        return (lower > 0 || (lower == 0 && range.LowerInclusive)) && (upper < 0 || (upper == 0 && range.UpperInclusive));
    }
}
