using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Runs;

/// <summary>Whether the index's database, or a part of it, is away: said once when it goes and once when it is back, whoever in this silo notices. Safe for calls in parallel.</summary>
sealed partial class DatabaseOutage(TimeProvider time, ILogger<DatabaseOutage> logger, DatabaseMetrics? metrics = null)
{
    readonly Lock sync = new();
    readonly Dictionary<DatabasePart, DateTimeOffset> away = [];

    /// <summary>A part did not answer.</summary>
    public void Begin(DatabasePart part, string reason)
    {
        lock (sync)
        {
            if (!away.TryAdd(part, time.GetUtcNow()))
                return;
        }

        metrics?.Begin(part);
        LogBegun(part, reason);
    }

    /// <summary>A part answered. The other's word is no news of it: they would take turns in going and coming back.</summary>
    public void End(DatabasePart part)
    {
        DateTimeOffset began;
        lock (sync)
        {
            if (!away.Remove(part, out began))
                return;
        }

        metrics?.End(part);
        LogEnded(part, (time.GetUtcNow() - began).TotalSeconds);
    }

    [LoggerMessage(151, LogLevel.Error, "backfill.database_outage: the index's database ({Part}) does not answer; bring it back, the run waits for it however long and goes on by itself: {Reason}", EventName = "backfill.database_outage")]
    partial void LogBegun(DatabasePart part, string reason);

    [LoggerMessage(152, LogLevel.Information, "backfill.database_back: the index's database ({Part}) answers again after {Seconds:F1} s, the run goes on", EventName = "backfill.database_back")]
    partial void LogEnded(DatabasePart part, double seconds);
}
