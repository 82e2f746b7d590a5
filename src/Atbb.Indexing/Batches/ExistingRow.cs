namespace Atbb.Indexing.Batches;

/// <summary>A record's row as the index has it.</summary>
readonly record struct ExistingRow(string Rkey, string Cid, long Id);
