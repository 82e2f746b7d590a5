using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>Whether the index is whole, without the questions to the database.</summary>
static class IndexJudgement
{
    /// <summary>Judges.</summary>
    /// <param name="runs">At least: the run that is unfinished, and the latest full sync of each status that one has ended with. Others change nothing.</param>
    /// <param name="openErrors">The errors that stand open, by kind.</param>
    public static IndexReport Judge(IReadOnlyList<RunProgress> runs, IReadOnlyDictionary<string, long> openErrors)
    {
        var last = runs.Where(static run => run is { Type: RunType.FullSync, Status: RunStatus.Completed }).MaxBy(static run => run.RunId);
        IReadOnlyList<IndexGap> gaps = [.. GapsOf(runs, last), .. openErrors.Values.Sum() == 0 ? Array.Empty<IndexGap>() : [new(IndexGapKind.OpenErrors)]];
        var report = new IndexReport
        {
            Verdict = gaps switch
            {
                [] => IndexVerdict.Whole,
                [{ Kind: IndexGapKind.RunReading }, ..] => IndexVerdict.Reading,
                _ => IndexVerdict.Lacking,
            },
            Sentence = "",
            Gaps = gaps,
            FullSyncId = last?.RunId,
            FullSyncAt = last?.FinishedAt,
            LeftOut = last?.Counts.LeftOut ?? 0,
            OpenErrors = openErrors,
        };
        return report with { Sentence = SentenceOf(report) };
    }

    // What is said of them is the first: the one that has to change before the next can.
    static IEnumerable<IndexGap> GapsOf(IReadOnlyList<RunProgress> runs, RunProgress? last)
    {
        // A catch-up or a retry too: what waits in it for its next attempt has no error yet.
        foreach (var run in runs.Where(static run => !run.IsFinished))
            yield return new(run.Status is RunStatus.Paused ? IndexGapKind.RunPaused : IndexGapKind.RunReading, run.RunId);

        // What a broken-off full sync had not come to has no error, and no later catch-up sets out to read it.
        foreach (var run in runs.Where(run => run is { Type: RunType.FullSync, IsFinished: true } && run.RunId > (last?.RunId ?? 0)).OrderByDescending(static run => run.RunId))
            yield return new(run.Status is RunStatus.Cancelled ? IndexGapKind.FullSyncCancelled : IndexGapKind.FullSyncFailed, run.RunId);

        if (last is null)
            yield return new(IndexGapKind.NeverRead);
    }

    static string SentenceOf(IndexReport report) => report.Gaps switch
    {
        [] => $"The index is whole{ButForLeftOut(report.LeftOut)}: run {report.FullSyncId} has read everything to its end.",
        [{ Kind: var kind, RunId: var runId }, ..] => kind switch
        {
            IndexGapKind.RunReading => $"Run {runId} is reading: the index may lack records until it has ended.",
            IndexGapKind.RunPaused => $"Run {runId} is paused: the index may lack records until it is resumed and has ended.",
            IndexGapKind.FullSyncCancelled => $"The index may lack records: run {runId}, a full sync, was cancelled before its end{AndErrors(report.OpenErrorCount)}.",
            IndexGapKind.FullSyncFailed => $"The index may lack records: run {runId}, a full sync, has failed before its end{AndErrors(report.OpenErrorCount)}.",
            IndexGapKind.NeverRead => $"The index is not whole: no full sync, which reads everything, has come to its end yet{AndErrors(report.OpenErrorCount)}.",
            IndexGapKind.OpenErrors => $"The index is whole but for {Count(report.OpenErrorCount, "error", "errors")}.",
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        },
    };

    static string ButForLeftOut(long leftOut) =>
        leftOut == 0 ? "" : $" but for {Count(leftOut, "repository", "repositories")} that the settings leave out";

    static string AndErrors(long errors) =>
        errors == 0 ? "" : $", and {Count(errors, "error stands", "errors stand")} open";

    static string Count(long value, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{value:N0} {(value == 1 ? one : many)}");
}
