namespace Atbb.Indexing.Batches;

/// <summary>One record on its way into the index.</summary>
/// <param name="Uri">The record's AT-URI.</param>
/// <param name="Rkey">The record key.</param>
/// <param name="Cid">The record's CID: the same CID is the same record.</param>
/// <param name="Json">The record, UTF-8 JSON. Borrowed until the batch has been written or refused.</param>
/// <param name="Fault">Why the record cannot be indexed, when that is known before its JSON is read; otherwise null.</param>
public readonly record struct SourceRecord(string Uri, string Rkey, string Cid, ReadOnlyMemory<byte> Json, string? Fault = null);
