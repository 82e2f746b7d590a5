using System.Diagnostics.Metrics;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Telemetry;

/// <summary>
/// Whether the index is whole, as the operator's page says it. Judging goes through all errors, so it is done anew when a run has begun, paused or ended since,
/// and otherwise every few minutes, for what was read by hand. Every silo says the same.
/// </summary>
sealed class VerdictMetrics
{
    static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    // With what the database may take before, less than Prometheus waits.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    readonly IGrainFactory grains;
    readonly string forum;
    readonly TimeProvider time;

    // Replaced whole: whoever collects reads it from a thread of its own.
    volatile IndexReport? known;
    HashSet<(string, long, long)>? judgedOf;
    long judgedAt;

    public VerdictMetrics(IGrainFactory grains, IOptions<ForumOptions> forum, IMeterFactory meters, TimeProvider time)
    {
        (this.grains, this.forum, this.time) = (grains, forum.Value.Did, time);
        var meter = meters.Create("Atbb.Silo");
        meter.CreateObservableGauge("atbb.index.whole", Whole, null, "Whether the index is whole; nothing while that is not known.");
        meter.CreateObservableGauge("atbb.index.open_errors", OpenErrors, "{error}", "What is missing in the index, by the kind of its error; nothing while that is not known.");
    }

    /// <summary>Has it judged, unless nothing has changed since it last was.</summary>
    /// <param name="runs">The runs as they are now; null when the database cannot be asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RefreshAsync(IEnumerable<RunsOfStatus>? runs, CancellationToken cancellationToken)
    {
        var asked = runs?.Select(static of => (of.Status, of.Count, of.LastId)).ToHashSet();
        if (known is not null && asked is not null && judgedOf?.SetEquals(asked) is true && time.GetElapsedTime(judgedAt) < Fresh)
            return;

        known = asked is null ? null : await JudgeAsync(cancellationToken);
        (judgedOf, judgedAt) = (asked, time.GetTimestamp());
    }

    async Task<IndexReport?> JudgeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IBackfillGrain>(forum).JudgeIndexAsync().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception e) when (e is IndexUnreachableException or OrleansException or TimeoutException)
        {
            // No silo has it, or none answers in time. What was true before the trouble may no longer be.
            return null;
        }
    }

    IEnumerable<Measurement<int>> Whole() => known is { } report ? [new(report.Verdict is IndexVerdict.Whole ? 1 : 0)] : [];

    // Of which kind nothing is missing is said, too: a series that is not there is not zero.
    IEnumerable<Measurement<long>> OpenErrors() => known is { } report
        ? FailureKinds.All.Select(kind => new Measurement<long>(report.OpenErrors.GetValueOrDefault(kind), new KeyValuePair<string, object?>("kind", kind)))
        : [];
}
