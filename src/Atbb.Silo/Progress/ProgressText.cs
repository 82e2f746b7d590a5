using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Progress;

/// <summary>A run's progress in words.</summary>
static class ProgressText
{
    /// <summary>One line.</summary>
    public static string Of(RunProgress run)
    {
        var where = run.Phase is RunPhase.Forum
            ? "forum"
            : string.Create(CultureInfo.InvariantCulture, $"users {run.DidsDone:N0}/{run.DidsTotal:N0}");
        var deferred = run.Deferred > 0 ? string.Create(CultureInfo.InvariantCulture, $" · {run.Deferred:N0} waiting") : "";
        if (run.Counts.LeftOut > 0)
            deferred += string.Create(CultureInfo.InvariantCulture, $" · {run.Counts.LeftOut:N0} left out");
        if (run.Waiting is [var next, ..] && HasATime(next))
            deferred += string.Create(CultureInfo.InvariantCulture, $" (next at {next.NextAttemptAt.UtcDateTime:HH:mm:ss}Z: {next.Did}{AtHost(next)})");
        var left = run.Remaining is { } remaining ? $" · {remaining:h\\:mm\\:ss} left" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{where} · {run.Counts.Records:N0} records · {run.RecordsPerSecond:N0}/s · {run.Counts.Failed:N0} errors{deferred}{left}");
    }

    /// <summary>Whether it is known when a repository is asked again. With one that waits for its own turn, and for no host, nothing has gone wrong, and a place is waited for.</summary>
    public static bool HasATime(ParkedRepo waiting) => waiting.Host is not null || waiting.Attempts > 0;

    /// <summary>At which host a repository waits, if it is one that it waits for.</summary>
    public static string AtHost(ParkedRepo waiting) => waiting.Host is { } host ? $" at {host}" : "";

    /// <summary>How far it is, 0 to 1.</summary>
    public static double ShareOf(RunProgress run) =>
        run.Status is RunStatus.Completed ? 1
        : run.Phase is RunPhase.Forum || run.DidsTotal == 0 ? 0
        : Math.Min(1, (double)run.DidsDone / run.DidsTotal);
}
