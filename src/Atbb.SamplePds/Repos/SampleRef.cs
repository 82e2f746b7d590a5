namespace Atbb.Sample;

/// <summary>A strong reference to a record, <c>{uri, cid}</c>.</summary>
/// <param name="Uri">The record's address.</param>
/// <param name="Cid">The record's content at the time of pointing.</param>
public readonly record struct SampleRef(string Uri, string Cid);
