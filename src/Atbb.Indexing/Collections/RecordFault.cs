namespace Atbb.Indexing.Collections;

/// <summary>Why a record cannot become a row.</summary>
sealed record RecordFault(string Kind, string Message);
