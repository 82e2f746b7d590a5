using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class IndexJudgementTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    static RunProgress Run(long id, RunType type, RunStatus status, long leftOut = 0) => new()
    {
        RunId = id,
        Type = type,
        Status = status,
        Phase = RunPhase.Users,
        Counts = new SyncCounts(1, 0, 0, 0, 0, 1, 1, leftOut),
        FinishedAt = status is RunStatus.InProgress or RunStatus.Paused ? null : Now,
    };

    static RunProgress Full(long id, RunStatus status = RunStatus.Completed, long leftOut = 0) => Run(id, RunType.FullSync, status, leftOut);

    static RunProgress CatchUp(long id, RunStatus status = RunStatus.Completed) => Run(id, RunType.CatchUp, status);

    public static TheoryData<string, RunProgress[], long, IndexVerdict, string> Cases => new()
    {
        { "no run", [], 0, IndexVerdict.Lacking, "The index is not whole: no full sync, which reads everything, has come to its end yet." },
        { "a catch-up alone", [CatchUp(1)], 0, IndexVerdict.Lacking, "The index is not whole: no full sync, which reads everything, has come to its end yet." },
        { "a full sync", [Full(1)], 0, IndexVerdict.Whole, "The index is whole: run 1 has read everything to its end." },
        { "left-out repositories", [Full(1, leftOut: 2)], 0, IndexVerdict.Whole, "The index is whole but for 2 repositories that the settings leave out: run 1 has read everything to its end." },
        { "a catch-up after it", [Full(1), CatchUp(2)], 0, IndexVerdict.Whole, "The index is whole: run 1 has read everything to its end." },
        { "a catch-up after it, with its errors", [Full(1), CatchUp(2)], 133, IndexVerdict.Lacking, "The index is whole but for 133 errors." },
        { "one error", [Full(1)], 1, IndexVerdict.Lacking, "The index is whole but for 1 error." },
        { "a cancelled catch-up after it", [Full(1), CatchUp(2, RunStatus.Cancelled)], 0, IndexVerdict.Whole, "The index is whole: run 1 has read everything to its end." },
        { "a catch-up under way", [Full(1), CatchUp(2, RunStatus.InProgress)], 0, IndexVerdict.Reading, "Run 2 is reading: the index may lack records until it has ended." },
        { "a retry that is paused", [Full(1), Run(2, RunType.Retry, RunStatus.Paused)], 3, IndexVerdict.Lacking, "Run 2 is paused: the index may lack records until it is resumed and has ended." },
        { "a cancelled full sync", [Full(2, RunStatus.Cancelled)], 0, IndexVerdict.Lacking, "The index may lack records: run 2, a full sync, was cancelled before its end." },
        { "a cancelled full sync, and a catch-up", [Full(1), Full(2, RunStatus.Cancelled), CatchUp(3)], 0, IndexVerdict.Lacking, "The index may lack records: run 2, a full sync, was cancelled before its end." },
        { "a failed full sync with errors", [Full(1), Full(2, RunStatus.Failed), CatchUp(3)], 1_234, IndexVerdict.Lacking, "The index may lack records: run 2, a full sync, has failed before its end, and 1,234 errors stand open." },
        { "a cancelled full sync, and another", [Full(2, RunStatus.Cancelled), Full(3)], 0, IndexVerdict.Whole, "The index is whole: run 3 has read everything to its end." },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Judge_ByRunsAndOpenErrors_SaysWhetherItIsWhole(string why, RunProgress[] runs, long errors, IndexVerdict verdict, string sentence)
    {
        var report = IndexJudgement.Judge(runs, errors == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["unreachable"] = errors });

        Assert.True(verdict == report.Verdict, why);
        Assert.Equal(sentence, report.Sentence);
        Assert.Equal(errors, report.OpenErrorCount);
    }

    [Fact]
    public void Judge_WithSeveralReasons_NamesEach()
    {
        var report = IndexJudgement.Judge(
            [CatchUp(4, RunStatus.InProgress), Full(3, RunStatus.Failed), Full(2, RunStatus.Cancelled)], new Dictionary<string, long> { ["unreachable"] = 2, ["bad_date"] = 1 });

        Assert.Equal(
            [
                new(IndexGapKind.RunReading, 4), new(IndexGapKind.FullSyncFailed, 3), new(IndexGapKind.FullSyncCancelled, 2), new(IndexGapKind.NeverRead),
                new(IndexGapKind.OpenErrors),
            ],
            report.Gaps);
        Assert.Null(report.FullSyncId);
    }
}
