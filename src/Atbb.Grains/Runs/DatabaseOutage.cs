using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Runs;

/// <summary>Whether the index's database, or a part of it, is away: said once when it goes and once when it is back, whoever in this silo notices. Safe for calls in parallel.</summary>
sealed partial class DatabaseOutage(TimeProvider time, ILogger<DatabaseOutage> logger, DatabaseMetrics? metrics = null)
{
    // A full disk is read from as ever, every few seconds, while what is to be written is refused every few seconds: the two would take turns in going and
    // coming back. So long after the last refusal a read is news again, as when nothing is to be written any more.
    static readonly TimeSpan ReadsAreNoNews = TimeSpan.FromSeconds(30);

    readonly Lock sync = new();
    readonly Dictionary<DatabasePart, (long Began, long? WriteFailedAt)> away = [];

    /// <summary>A part did not answer.</summary>
    /// <param name="part">The part.</param>
    /// <param name="reason">What it said instead, or what was made of its silence.</param>
    /// <param name="isWrite">Whether something was to be written.</param>
    public void Begin(DatabasePart part, string reason, bool isWrite = false)
    {
        lock (sync)
        {
            var now = time.GetTimestamp();
            var isAway = away.TryGetValue(part, out var known);
            away[part] = (isAway ? known.Began : now, isWrite ? now : known.WriteFailedAt);
            if (isAway)
                return;
        }

        metrics?.Begin(part);
        LogBegun(part, reason);
    }

    /// <summary>A part answered. The other's word is no news of it: they would take turns in going and coming back.</summary>
    /// <param name="part">The part.</param>
    /// <param name="isWrite">Whether something was written.</param>
    public void End(DatabasePart part, bool isWrite = false)
    {
        (long Began, long? WriteFailedAt) outage;
        lock (sync)
        {
            if (!away.TryGetValue(part, out outage) || (!isWrite && outage.WriteFailedAt is { } failed && time.GetElapsedTime(failed) < ReadsAreNoNews))
                return;
            away.Remove(part);
        }

        metrics?.End(part);
        LogEnded(part, time.GetElapsedTime(outage.Began).TotalSeconds);
    }

    [LoggerMessage(151, LogLevel.Error, "backfill.database_outage: the index's database ({Part}) does not answer; bring it back, the run waits for it however long and goes on by itself: {Reason}", EventName = "backfill.database_outage")]
    partial void LogBegun(DatabasePart part, string reason);

    [LoggerMessage(152, LogLevel.Information, "backfill.database_back: the index's database ({Part}) answers again after {Seconds:F1} s, the run goes on", EventName = "backfill.database_back")]
    partial void LogEnded(DatabasePart part, double seconds);
}
