using System.Diagnostics.Metrics;

namespace Atbb.Grains.Runs;

/// <summary>Outages of the index's database, as the work meets them.</summary>
sealed class DatabaseMetrics
{
    static readonly DatabasePart[] Parts = Enum.GetValues<DatabasePart>();

    readonly long[] outages = new long[Parts.Length];
    readonly int[] away = new int[Parts.Length];

    public DatabaseMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GrainsTelemetry.Name);
        // Observed, and not counted up: that there was no outage is said, too.
        meter.CreateObservableCounter(
            "atbb.database.outages", () => Parts.Select(part => new Measurement<long>(Interlocked.Read(ref outages[(int)part]), Of(part))), "{outage}", "Times that the database went away.");
        meter.CreateObservableGauge(
            "atbb.database.away", () => Parts.Select(part => new Measurement<int>(Volatile.Read(ref away[(int)part]), Of(part))), null, "1 while the database is away.");
    }

    /// <summary>A part is away.</summary>
    public void Begin(DatabasePart part)
    {
        Interlocked.Increment(ref outages[(int)part]);
        Volatile.Write(ref away[(int)part], 1);
    }

    /// <summary>A part is back.</summary>
    public void End(DatabasePart part) => Volatile.Write(ref away[(int)part], 0);

    static KeyValuePair<string, object?> Of(DatabasePart part) => new("part", part is DatabasePart.Index ? "index" : "run_state");
}
