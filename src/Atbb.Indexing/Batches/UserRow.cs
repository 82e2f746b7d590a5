namespace Atbb.Indexing.Batches;

/// <summary>A user as the index has it or shall have it.</summary>
sealed record UserRow(string Did, string? Handle, string Status);
