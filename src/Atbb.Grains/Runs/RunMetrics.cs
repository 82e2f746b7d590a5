using System.Diagnostics.Metrics;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>The run that this silo drives. A silo that drives none says zero to everything, so sums over all silos speak of the run.</summary>
sealed class RunMetrics
{
    readonly TimeProvider time;

    // Replaced whole: whoever collects reads it from a thread of its own.
    volatile RunProgress? shown;

    public RunMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create(GrainsTelemetry.Name);
        meter.CreateObservableGauge("atbb.run.active", () => shown is null ? 0 : 1, "{run}", "Whether this silo drives a run.");
        meter.CreateObservableGauge("atbb.run.repos", Repos, "{repository}", "Repositories of the run that this silo drives, by state.");
        meter.CreateObservableGauge("atbb.run.idle", Idle, "s", "Since when the run that this silo drives has come no further; nothing while all that is left waits for a time that is known.");
    }

    /// <summary>A run has come so far.</summary>
    public void Show(RunProgress progress) => shown = progress;

    /// <summary>It is not driven here any more.</summary>
    public void Hide() => shown = null;

    IEnumerable<Measurement<long>> Repos()
    {
        var run = shown;
        yield return Of("done", run?.DidsDone ?? 0);
        yield return Of("reading", run?.InFlight ?? 0);
        yield return Of("parked", run is null ? 0 : run.Deferred - run.AwaitingTurn);
        yield return Of("awaiting_turn", run?.AwaitingTurn ?? 0);
        yield return Of("left", run is null ? 0 : Math.Max(0, run.DidsTotal - run.DidsDone - run.InFlight - run.Deferred));
    }

    double Idle()
    {
        var now = time.GetUtcNow();
        return shown is not { } run || (run.InFlight == 0 && run.NextAttemptAt > now) ? 0 : (now - run.LastProgressAt).TotalSeconds;
    }

    static Measurement<long> Of(string state, long count) => new(count, new KeyValuePair<string, object?>("state", state));
}
