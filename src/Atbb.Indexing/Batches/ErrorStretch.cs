namespace Atbb.Indexing.Batches;

/// <summary>A stretch of a run's error rows to be read for a batch.</summary>
readonly record struct ErrorStretch(int Batch, long RunId, string Did, string Collection, string LowerUri, string UpperUri)
{
    /// <summary>
    /// The error rows that a batch may add to or clear. None for a healthy repository: only one that has failed in this run, or does so
    /// now, costs a lookup.
    /// </summary>
    public static IEnumerable<ErrorStretch> Of(int index, PendingBatch batch)
    {
        if (batch.RunId is not { } run)
            yield break;

        foreach (var failure in batch.Failures)
        {
            var key = ErrorKey.Of(failure);
            yield return new ErrorStretch(index, run, batch.Repo.Did, key.Collection, key.Uri, key.Uri);
        }

        if ((batch.Repo.Counts.Failed == 0 && !batch.Batch.IsByHand) || batch.Collection is null)
            yield break;

        foreach (var stretch in KeyStretch.Of(index, batch))
        {
            var prefix = $"at://{batch.Repo.Did}/{batch.Collection.Nsid}/";
            yield return new ErrorStretch(index, run, batch.Repo.Did, batch.Collection.Nsid, prefix + stretch.Lower, prefix + stretch.Upper);
        }
    }
}
