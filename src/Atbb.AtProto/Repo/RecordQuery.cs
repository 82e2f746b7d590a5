using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Repo;

/// <summary>Which page of which collection.</summary>
/// <param name="Did">The repository.</param>
/// <param name="Collection">The collection.</param>
/// <param name="Cursor">Where the page before ended; null for the first page.</param>
/// <param name="Reverse">Asks for ascending record keys. A PDS may ignore it.</param>
/// <param name="Limit">At most this many records, 1 to 100.</param>
public readonly record struct RecordQuery(Did Did, Nsid Collection, string? Cursor, bool Reverse = true, int Limit = 100);
