using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What the admin HTTP answers to a request for a run that it did not refuse.</summary>
/// <param name="Outcome">Started, or not needed.</param>
/// <param name="RunId">The run; null when none is needed.</param>
/// <param name="Type">Its type.</param>
/// <param name="Reason">Why a run of this type, or none, where that was decided and not asked for.</param>
/// <param name="Message">More about it, where there is more to say.</param>
sealed record StartAnswer(StartOutcome Outcome, long? RunId, RunType? Type, DecisionReason? Reason, string? Message);
