using Atbb.AtProto.Syntax;

namespace Atbb.Indexing.Collections;

/// <summary>A record read into columns.</summary>
/// <param name="Uri">Its address, as references name it.</param>
/// <param name="Rkey">Its key.</param>
/// <param name="Cid">Its CID.</param>
/// <param name="Json">Its JSON, such as either database takes. May be the caller's memory.</param>
/// <param name="CreatedAt">When it says it was made; null when it does not say and its key tells nothing.</param>
/// <param name="Values">By the collection's fields: string, long, DateTime (UTC) or null; for a reference its URI.</param>
/// <param name="Targets">By the collection's references: the record named; null where there is none or it is of another collection.</param>
sealed record RecordRow(
    string Uri,
    string Rkey,
    string Cid,
    ReadOnlyMemory<byte> Json,
    DateTime? CreatedAt,
    object?[] Values,
    AtUri?[] Targets);
