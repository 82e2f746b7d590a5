namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Whether a backfill is needed, and why.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="Reason">Why.</param>
/// <param name="CursorAge">Age of the live stream's cursor; null when there is none.</param>
/// <param name="Threshold">The age from which on a cursor is too old.</param>
/// <param name="Error">What the index answered, when it could not be asked.</param>
[GenerateSerializer, Immutable, Alias("atbb.BackfillDecision")]
public sealed record BackfillDecision(
    [property: Id(0)] DecisionOutcome Outcome,
    [property: Id(1)] DecisionReason Reason,
    [property: Id(2)] TimeSpan? CursorAge,
    [property: Id(3)] TimeSpan Threshold,
    [property: Id(4)] string? Error = null);
