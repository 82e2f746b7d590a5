using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>A row to be written.</summary>
/// <param name="Batch">Whose it is, by place in the group.</param>
/// <param name="Id">The row's id, also when the row is new.</param>
/// <param name="Did">The repository.</param>
/// <param name="Row">The columns.</param>
/// <param name="CreatedAt">When it was made, as far as can be told (UTC).</param>
/// <param name="IsNew">Whether the index does not have it yet.</param>
/// <param name="TargetIds">By the collection's references: the row each resolves to, where that is known.</param>
sealed record RowWrite(int Batch, long Id, string Did, RecordRow Row, DateTime CreatedAt, bool IsNew, long?[] TargetIds);
