using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What the admin HTTP answers to a request for a run that it did not refuse. <c>id</c>, <c>type</c>, <c>status</c> and <c>message</c> are atBB's.</summary>
sealed record StartAnswer
{
    /// <summary>Started, or not needed.</summary>
    public required StartOutcome Outcome { get; init; }

    /// <summary>The run; null when none is needed.</summary>
    public long? RunId { get; init; }

    /// <summary>The same as text, since atBB's ids are larger than JavaScript's numbers.</summary>
    public string? Id => RunId?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The run's type.</summary>
    public RunType? Type { get; init; }

    /// <summary>The run's state.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Why a run of this type, or none, where that was decided and not asked for.</summary>
    public DecisionReason? Reason { get; init; }

    /// <summary>All that in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The answer for a run that was started, now or when the same was asked for before.</summary>
    public static StartAnswer Started(StartResult result, RunStatus status) => new()
    {
        Outcome = result.Outcome,
        RunId = result.RunId,
        Type = result.Type,
        Status = status,
        Reason = result.Decision?.Reason,
        Message = status is RunStatus.InProgress ? $"Run {result.RunId} is under way. {result.Message}".TrimEnd() : $"Run {result.RunId} was started by this request before, and stands otherwise by now.",
    };

    /// <summary>The answer where no run is needed.</summary>
    public static StartAnswer NotNeeded(StartResult result) => new()
    {
        Outcome = result.Outcome,
        Reason = result.Decision?.Reason,
        Message = result.Message ?? "No run is needed: the live stream still replays from its cursor on. ?force=catch_up or ?force=full_sync starts one all the same.",
    };
}
