using System.Diagnostics.Metrics;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Runs;
using Atbb.Silo.Remote;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Telemetry;

/// <summary>
/// Whether the index is whole, as the operator's page says it. Judging goes through all errors, so it is done anew when a run has begun, paused or ended since,
/// and otherwise every few minutes, for what was read by hand. Every silo says the same.
/// </summary>
sealed partial class VerdictMetrics
{
    static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    // Until somebody is asked again who did not answer: what takes long is not to be asked for all the time.
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // With what the database may take before, less than Prometheus waits.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    readonly IGrainFactory grains;
    readonly string forum;
    readonly TimeProvider time;
    readonly ILogger<VerdictMetrics> logger;

    // Beyond the patience of one who asks: the next one waits for the same answer, which is of the runs as they were when it was asked for.
    Task<IndexReport>? judging;
    HashSet<(string, long, long)>? judgingOf;
    long judgingSince;

    // Replaced whole: whoever collects reads it from a thread of its own.
    volatile IndexReport? known;
    HashSet<(string, long, long)>? judgedOf;
    long judgedAt;

    public VerdictMetrics(IGrainFactory grains, IOptions<ForumOptions> forum, IMeterFactory meters, TimeProvider time, ILogger<VerdictMetrics> logger)
    {
        (this.grains, this.forum, this.time, this.logger) = (grains, forum.Value.Did, time, logger);
        var meter = meters.Create("Atbb.Silo");
        meter.CreateObservableGauge("atbb.index.whole", Whole, null, "Whether the index is whole; nothing while that is not known.");
        meter.CreateObservableGauge("atbb.index.gaps", Gaps, null, "What keeps the index from being whole, besides single errors: 1 what does; nothing while that is not known.");
        meter.CreateObservableGauge("atbb.index.open_errors", OpenErrors, "{error}", "What is missing in the index, by the kind of its error; nothing while that is not known.");
    }

    /// <summary>Has it judged, unless nothing has changed since it last was.</summary>
    /// <param name="runs">The runs as they are now; null when the database cannot be asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RefreshAsync(IEnumerable<RunsOfStatus>? runs, CancellationToken cancellationToken)
    {
        var asked = runs?.Select(static of => (of.Status, of.Count, of.LastId)).ToHashSet();
        if (asked is not null && judgedOf?.SetEquals(asked) is true && time.GetElapsedTime(judgedAt) < (IsSettled(runs!) ? Fresh : Pause))
            return;

        known = asked is null ? null : await JudgeAsync(asked, cancellationToken);
        // Where there is no answer, of the runs as they are: it is asked for again after a while.
        (judgedOf, judgedAt) = known is null ? (asked, time.GetTimestamp()) : (judgingOf, judgingSince);
    }

    // A run's row is written before its grain has forgotten that it was reading.
    bool IsSettled(IEnumerable<RunsOfStatus> runs) =>
        known is { } report && (report.Verdict is not IndexVerdict.Reading || runs.Any(static of => of.Status == RunStore.InProgress && of.Count > 0));

    async Task<IndexReport?> JudgeAsync(HashSet<(string, long, long)> runs, CancellationToken cancellationToken)
    {
        try
        {
            if (judging is null)
                (judging, judgingOf, judgingSince) = (grains.GetGrain<IBackfillGrain>(forum).JudgeIndexAsync(), runs, time.GetTimestamp());
            var report = await judging.WaitAsync(Patience, time, cancellationToken);
            judging = null;
            return report;
        }
        catch (TimeoutException) when (judging is { IsCompleted: false })
        {
            // What was true before may no longer be.
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, an older silo that does not know the question included: a figure costs itself, and neither the others nor the process.
            judging = null;
            LogNoVerdict(e.Message.ReplaceLineEndings(" "));
            return null;
        }
    }

    IEnumerable<Measurement<int>> Whole() => known is { } report ? [new(report.Verdict is IndexVerdict.Whole ? 1 : 0)] : [];

    IEnumerable<Measurement<int>> Gaps() => known is { } report
        ? Enum.GetValues<IndexGapKind>().Where(static kind => kind is not IndexGapKind.OpenErrors).Select(kind =>
            new Measurement<int>(report.Gaps.Any(gap => gap.Kind == kind) ? 1 : 0, new KeyValuePair<string, object?>("gap", Words.Of(kind))))
        : [];

    // Of which kind nothing is missing is said, too: a series that is not there is not zero.
    IEnumerable<Measurement<long>> OpenErrors() => known is { } report
        ? FailureKinds.All.Select(kind => new Measurement<long>(report.OpenErrors.GetValueOrDefault(kind), new KeyValuePair<string, object?>("kind", kind)))
        : [];

    [LoggerMessage(323, LogLevel.Information, "metrics.no_verdict: whether the index is whole could not be asked, and the metrics do not say it for a minute: {Reason}", EventName = "metrics.no_verdict")]
    partial void LogNoVerdict(string reason);
}
