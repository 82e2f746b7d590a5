using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Health;

/// <summary>Whether a run that should go on does not.</summary>
static class RunStall
{
    /// <summary>What is wrong, as a sentence; null when nothing is.</summary>
    /// <param name="run">The run; null: there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="after">How long a run may go without progress.</param>
    public static string? Find(RunProgress? run, DateTimeOffset now, TimeSpan after)
    {
        if (run is not { Status: RunStatus.InProgress } || now - run.LastProgressAt <= after)
            return null;

        // Everything that is left waits for a time that has been said: that is patience, not a stall.
        if (run.InFlight == 0 && run.NextAttemptAt > now)
            return null;

        var reading = run.Reading.Count > 0 ? $" ({string.Join(", ", run.Reading.Take(3))})" : "";
        var error = run.LastError is null ? "" : $" Last error: {run.LastError}";
        return $"Run {run.RunId} has made no progress for {(now - run.LastProgressAt).TotalMinutes:F0} minutes: phase {(int)run.Phase}, {run.DidsDone} of {run.DidsTotal} repositories settled, "
            + $"{run.InFlight} being read{reading}, {run.Deferred} waiting. Pause and resume it; if that does not help, restart this process, it goes on where it stands.{error}";
    }
}
