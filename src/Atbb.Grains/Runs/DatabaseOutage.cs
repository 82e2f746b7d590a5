using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Runs;

/// <summary>Whether the index's database is away, said once when it goes and once when it is back, whoever in this silo notices. Safe for calls in parallel.</summary>
sealed partial class DatabaseOutage(TimeProvider time, ILogger<DatabaseOutage> logger)
{
    readonly Lock sync = new();
    DateTimeOffset? since;

    /// <summary>It did not answer.</summary>
    public void Begin(string reason)
    {
        lock (sync)
        {
            if (since is not null)
                return;
            since = time.GetUtcNow();
        }

        LogBegun(reason);
    }

    /// <summary>It answered.</summary>
    public void End()
    {
        DateTimeOffset began;
        lock (sync)
        {
            if (since is null)
                return;
            began = since.Value;
            since = null;
        }

        LogEnded((time.GetUtcNow() - began).TotalSeconds);
    }

    [LoggerMessage(151, LogLevel.Error, "backfill.database_outage: the index's database does not answer; bring it back, the run waits for it however long and goes on by itself: {Reason}", EventName = "backfill.database_outage")]
    partial void LogBegun(string reason);

    [LoggerMessage(152, LogLevel.Information, "backfill.database_back: the index's database answers again after {Seconds:F1} s, the run goes on", EventName = "backfill.database_back")]
    partial void LogEnded(double seconds);
}
