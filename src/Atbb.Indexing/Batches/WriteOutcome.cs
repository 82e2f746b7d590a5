namespace Atbb.Indexing.Batches;

/// <summary>Whether a plan may be committed.</summary>
/// <param name="Stale">Repositories whose row another writer has moved: the plan is void without them.</param>
/// <param name="TargetsMoved">Rows were removed since the plan's targets were looked up: it is to be made again.</param>
sealed record WriteOutcome(IReadOnlySet<string> Stale, bool TargetsMoved);
