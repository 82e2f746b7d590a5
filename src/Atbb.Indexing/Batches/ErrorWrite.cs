namespace Atbb.Indexing.Batches;

/// <summary>An error row to be written: a new one, or one more attempt on one that is there.</summary>
sealed record ErrorWrite(long RunId, string Did, ErrorKey Key, RecordFailure Failure);
