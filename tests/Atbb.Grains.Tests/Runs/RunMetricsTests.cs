using System.Diagnostics.Metrics;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Grains.Tests.Runs;

public sealed class RunMetricsTests : IDisposable
{
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    public void Dispose() => services.Dispose();

    [Fact]
    public void Repos_RunDrivenHere_AreItsStatesAndZeroAfterwards()
    {
        using var repos = new MetricCollector<long>(Meters, GrainsTelemetry.Name, "atbb.run.repos");
        var metrics = new RunMetrics(Meters, time);

        metrics.Show(Progress() with { DidsTotal = 10, DidsDone = 4, InFlight = 2, Deferred = 3, AwaitingTurn = 2 });
        Assert.Equal([("done", 4L), ("reading", 2L), ("parked", 1L), ("awaiting_turn", 2L), ("left", 1L)], Read(repos, "state"));
        metrics.Hide();
        Assert.Equal([("done", 0L), ("reading", 0L), ("parked", 0L), ("awaiting_turn", 0L), ("left", 0L)], Read(repos, "state"));
    }

    [Theory]
    [InlineData(1, null, 60)]
    [InlineData(0, 30, 60)] // due, and not asked again
    [InlineData(0, 90, 0)] // waits for a time that is known
    [InlineData(1, 90, 60)]
    public void Idle_NoProgressForAMinute_CountsUnlessAllWaits(int inFlight, int? nextAttempt, double idle)
    {
        using var measured = new MetricCollector<double>(Meters, GrainsTelemetry.Name, "atbb.run.idle");
        new RunMetrics(Meters, time).Show(Progress() with { InFlight = inFlight, NextAttemptAt = time.GetUtcNow().AddSeconds(nextAttempt ?? 0) });

        time.Advance(TimeSpan.FromMinutes(1));
        measured.RecordObservableInstruments();

        Assert.Equal(idle, measured.LastMeasurement!.Value);
    }

    [Fact]
    public void Outage_BegunTwiceAndEnded_IsOne()
    {
        using var outages = new MetricCollector<long>(Meters, GrainsTelemetry.Name, "atbb.database.outages");
        using var away = new MetricCollector<int>(Meters, GrainsTelemetry.Name, "atbb.database.away");
        var outage = new DatabaseOutage(time, NullLogger<DatabaseOutage>.Instance, new DatabaseMetrics(Meters));

        outage.Begin(DatabasePart.Index, "gone");
        outage.Begin(DatabasePart.Index, "still gone");
        Assert.Equal([("index", 1), ("run_state", 0)], Read(away, "part"));
        outage.End(DatabasePart.Index);

        Assert.Equal([("index", 0), ("run_state", 0)], Read(away, "part"));
        Assert.Equal([("index", 1L), ("run_state", 0L)], Read(outages, "part"));
    }

    static IEnumerable<(string, T)> Read<T>(MetricCollector<T> collector, string label)
        where T : struct
    {
        collector.Clear();
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Select(one => ((string)one.Tags[label]!, one.Value));
    }

    RunProgress Progress() => new()
    {
        RunId = 1,
        Type = RunType.FullSync,
        Status = RunStatus.InProgress,
        Phase = RunPhase.Users,
        StartedAt = time.GetUtcNow(),
        LastProgressAt = time.GetUtcNow(),
    };
}
