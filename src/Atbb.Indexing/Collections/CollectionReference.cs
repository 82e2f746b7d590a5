namespace Atbb.Indexing.Collections;

/// <summary>A reference as seen from its target: which table's column names it.</summary>
sealed record CollectionReference(RecordCollection From, RecordField Field);
