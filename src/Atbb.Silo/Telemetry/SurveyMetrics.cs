using System.Diagnostics.Metrics;
using Atbb.Grains;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Telemetry;

/// <summary>
/// How the whole index stands, asked of the database when somebody reads the metrics and not more often than they can change: counting costs a
/// look through all repositories. Every silo says the same, so the greatest of them is right and their sum is not.
/// </summary>
sealed partial class SurveyMetrics : IDisposable
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    // Less than Prometheus waits: it is to be told that the database is away, and not to take this process for dead.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    static readonly string[] RunStates = [RunStore.InProgress, RunStore.Paused, "completed", "failed", "cancelled"];
    static readonly string[] RepoStates = [IndexSurvey.Parked, .. Enum.GetValues<RepoStatus>().Select(static status => status.Stored())];

    readonly IndexSurvey survey;
    readonly IndexFacts facts;
    readonly VerdictMetrics verdict;
    readonly string firehose;
    readonly TimeProvider time;
    readonly ILogger<SurveyMetrics> logger;
    readonly SemaphoreSlim asking = new(1);

    // Replaced whole: whoever collects reads it from a thread of its own.
    volatile Standing? known;
    bool isRefused;
    long askedAt;
    bool wasAsked;

    public SurveyMetrics(IndexSurvey survey, IndexFacts facts, VerdictMetrics verdict, IOptions<BackfillOptions> backfill, IMeterFactory meters, TimeProvider time, ILogger<SurveyMetrics> logger)
    {
        (this.survey, this.facts, this.verdict, this.time, this.logger, firehose) = (survey, facts, verdict, time, logger, backfill.Value.FirehoseService);
        var meter = meters.Create("Atbb.Silo");
        meter.CreateObservableGauge("atbb.database.up", () => known is null ? 0 : 1, null, "Whether the database answered when it was last asked for these figures.");
        meter.CreateObservableGauge("atbb.runs", () => OfRuns(static of => of.Count), "{run}", "Runs of this index, by status.");
        meter.CreateObservableGauge("atbb.runs.last_id", () => OfRuns(static of => of.LastId), null, "The id of the last run of each status; 0 where there is none.");
        meter.CreateObservableGauge("atbb.run.paused", Paused, "s", "How long a run has been paused; 0 while none is.");
        meter.CreateObservableGauge("atbb.repos", () => known is { } standing ? Of(RepoStates, standing.Repos.GetValueOrDefault) : [], "{repository}", "Repositories of this index, by state.");
        meter.CreateObservableGauge("atbb.firehose.cursor.age", Age, "s", "How old the live stream's cursor is; nothing where there is none.");
    }

    /// <summary>Asks the database, unless it has just been asked.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (wasAsked && time.GetElapsedTime(askedAt) < Fresh)
                return;

            known = await AskAsync(cancellationToken);
            await verdict.RefreshAsync(known?.Runs.Values, cancellationToken);
            (askedAt, wasAsked) = (time.GetTimestamp(), true);
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();

    async Task<Standing?> AskAsync(CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            var standing = new Standing(
                await survey.CountRunsAsync(either.Token), await survey.CountReposAsync(either.Token), await facts.GetFirehoseCursorAsync(firehose, either.Token));
            isRefused = false;
            return standing;
        }
        catch (Exception e) when (e is IndexUnavailableException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        catch (Exception e) when (IndexDatabase.FaultOfStatement(e) is not null)
        {
            // As where tables are missing: it costs these figures, and neither the others nor the process.
            if (!isRefused)
                LogNoFigures(e.Message.ReplaceLineEndings(" "));
            isRefused = true;
            return null;
        }
    }

    IEnumerable<Measurement<long>> OfRuns(Func<RunsOfStatus, long> figure) => known is { } standing
        ? Of(RunStates, state => standing.Runs.GetValueOrDefault(state) is { } of ? figure(of) : 0)
        : [];

    // What nobody has is said, too: a series that is not there is not zero.
    static IEnumerable<Measurement<long>> Of(string[] states, Func<string, long> figure) =>
        states.Select(state => new Measurement<long>(figure(state), new KeyValuePair<string, object?>("state", state)));

    IEnumerable<Measurement<double>> Paused() => known is { } standing
        ? [new Measurement<double>(standing.Runs.GetValueOrDefault(RunStore.Paused) is { } paused ? Math.Max(0, (time.GetUtcNow() - paused.UpdatedAt).TotalSeconds) : 0)]
        : [];

    IEnumerable<Measurement<double>> Age() => known?.Cursor is { } cursor
        ? [new Measurement<double>((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - (cursor / 1e6))]
        : [];

    [LoggerMessage(324, LogLevel.Warning, "metrics.no_figures: the index's database refused the question for its figures, and the metrics say that it is down (atbb_database_up) until it answers: {Reason}", EventName = "metrics.no_figures")]
    partial void LogNoFigures(string reason);

    sealed record Standing(IReadOnlyDictionary<string, RunsOfStatus> Runs, IReadOnlyDictionary<string, long> Repos, long? Cursor);
}
