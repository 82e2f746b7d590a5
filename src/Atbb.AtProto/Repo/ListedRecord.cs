namespace Atbb.AtProto.Repo;

/// <summary>One record as a PDS listed it. Its JSON is a slice of the page's buffer and valid until the page is disposed.</summary>
/// <param name="Uri">The record's URI as the PDS gave it.</param>
/// <param name="Rkey">The record key; empty when <paramref name="Fault"/> says that there is none to be had.</param>
/// <param name="Cid">The record's CID.</param>
/// <param name="Json">The record itself, UTF-8 JSON as the PDS sent it.</param>
/// <param name="Fault">Why the item cannot be used (no URI, another repository's URI, no CID, no value); null when it can.</param>
public readonly record struct ListedRecord(string Uri, string Rkey, string Cid, ReadOnlyMemory<byte> Json, string? Fault);
