using System.Diagnostics.Metrics;
using Atbb.Grains;
using Atbb.Indexing;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Telemetry;

/// <summary>
/// How the whole index stands, asked of the database when somebody reads the metrics and not more often than they can change: counting costs a
/// look through all repositories. Every silo says the same, so the greatest of them is right and their sum is not.
/// </summary>
sealed class SurveyMetrics : IDisposable
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    // Less than Prometheus waits: it is to be told that the database is away, and not to take this process for dead.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    static readonly string[] RunStates = ["in_progress", "paused", "completed", "failed", "cancelled"];
    static readonly string[] RepoStates = [IndexSurvey.Parked, .. Enum.GetValues<RepoStatus>().Select(static status => status.Stored())];

    readonly IndexSurvey survey;
    readonly IndexFacts facts;
    readonly VerdictMetrics verdict;
    readonly string firehose;
    readonly TimeProvider time;
    readonly SemaphoreSlim asking = new(1);

    // Replaced whole: whoever collects reads it from a thread of its own.
    volatile Standing? known;
    long askedAt;
    bool wasAsked;

    public SurveyMetrics(IndexSurvey survey, IndexFacts facts, VerdictMetrics verdict, IOptions<BackfillOptions> backfill, IMeterFactory meters, TimeProvider time)
    {
        (this.survey, this.facts, this.verdict, this.time, firehose) = (survey, facts, verdict, time, backfill.Value.FirehoseService);
        var meter = meters.Create("Atbb.Silo");
        meter.CreateObservableGauge("atbb.database.up", () => known is null ? 0 : 1, null, "Whether the database answered when it was last asked for these figures.");
        meter.CreateObservableGauge("atbb.runs", () => Counts(RunStates, known?.Runs), "{run}", "Runs of this index, by status.");
        meter.CreateObservableGauge("atbb.repos", () => Counts(RepoStates, known?.Repos), "{repository}", "Repositories of this index, by state.");
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
            await verdict.RefreshAsync(known?.Runs, cancellationToken);
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
            return new Standing(
                await survey.CountRunsAsync(either.Token), await survey.CountReposAsync(either.Token), await facts.GetFirehoseCursorAsync(firehose, either.Token));
        }
        catch (Exception e) when (e is IndexUnavailableException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    // What nobody has is said, too: a series that is not there is not zero.
    static IEnumerable<Measurement<long>> Counts(string[] states, IReadOnlyDictionary<string, long>? counts) => counts is null
        ? []
        : states.Select(state => new Measurement<long>(counts.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", state)));

    IEnumerable<Measurement<double>> Age() => known?.Cursor is { } cursor
        ? [new Measurement<double>((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - (cursor / 1e6))]
        : [];

    sealed record Standing(IReadOnlyDictionary<string, long> Runs, IReadOnlyDictionary<string, long> Repos, long? Cursor);
}
