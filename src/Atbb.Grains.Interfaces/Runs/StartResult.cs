namespace Atbb.Grains.Interfaces.Runs;

/// <summary>What came of asking for a run. The run is durable before this is answered.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="RunId">The run started, or the unfinished one; null when there is neither.</param>
/// <param name="Type">That run's type.</param>
/// <param name="Decision">The decision, where one was taken.</param>
/// <param name="Message">Why the request was refused.</param>
/// <param name="IsRepeat">The run was started when the same was asked for under the same key before, and may have ended by now.</param>
[GenerateSerializer, Immutable, Alias("atbb.StartResult")]
public sealed record StartResult(
    [property: Id(0)] StartOutcome Outcome,
    [property: Id(1)] long? RunId = null,
    [property: Id(2)] RunType? Type = null,
    [property: Id(3)] BackfillDecision? Decision = null,
    [property: Id(4)] string? Message = null,
    [property: Id(5)] bool IsRepeat = false);
