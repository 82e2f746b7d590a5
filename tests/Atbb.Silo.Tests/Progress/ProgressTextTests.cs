using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Progress;

namespace Atbb.Silo.Tests.Progress;

public class ProgressTextTests
{
    static RunProgress Run(RunPhase phase = RunPhase.Users, RunStatus status = RunStatus.InProgress) => new()
    {
        RunId = 1,
        Type = RunType.FullSync,
        Status = status,
        Phase = phase,
        DidsDone = 1200,
        DidsTotal = 4800,
        Counts = new SyncCounts(10_000, 20, 300, 4, 5, 0, 0),
        RecordsPerSecond = 1234.6,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Of_ARunAmongUsers_HasPhaseDidsRecordsRateErrorsAndTimeLeft()
    {
        var text = ProgressText.Of(Run() with { Deferred = 3, Remaining = TimeSpan.FromSeconds(3725) });

        Assert.Equal("users 1,200/4,800 · 10,329 records · 1,235/s · 5 errors · 3 waiting · 1:02:05 left", text);
    }

    [Fact]
    public void Of_ARunWithSomethingThatWaits_NamesWhatIsDueNext()
    {
        var next = new ParkedRepo("did:plc:a", "pds.example", "down", 2, new DateTimeOffset(2026, 6, 1, 12, 3, 4, TimeSpan.Zero));

        Assert.Contains(" · 3 waiting (next at 12:03:04Z: did:plc:a at pds.example)", ProgressText.Of(Run() with { Deferred = 3, Waiting = [next] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ARunWhereOneWaitsForItsTurn_NamesNoTime()
    {
        var turn = new ParkedRepo("did:plc:a", Host: null, "it takes long", Attempts: 0, new DateTimeOffset(2026, 6, 1, 12, 3, 4, TimeSpan.Zero));

        Assert.EndsWith(" · 3 waiting", ProgressText.Of(Run() with { Deferred = 3, Waiting = [turn] }).Split(" · 1:02:05")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ARunInTheForum_CountsNoUsers() =>
        Assert.Equal("forum · 10,329 records · 1,235/s · 5 errors", ProgressText.Of(Run(RunPhase.Forum)));

    [Theory]
    [InlineData(RunPhase.Forum, RunStatus.InProgress, 0)]
    [InlineData(RunPhase.Users, RunStatus.InProgress, 0.25)]
    [InlineData(RunPhase.Users, RunStatus.Completed, 1)]
    public void ShareOf_ARun_GoesByItsUsers(RunPhase phase, RunStatus status, double share) =>
        Assert.Equal(share, ProgressText.ShareOf(Run(phase, status)));

    [Fact]
    public async Task Show_WithoutATerminal_WritesALineAtEveryChangeOfPhaseAndState()
    {
        var output = new StringWriter();

        await new PlainProgress(output).ShowAsync(Runs(), CancellationToken.None);

        Assert.Equal(
            ["run 1 InProgress: forum", "run 1 InProgress: users 1,200/4,800", "run 1 Completed: users 1,200/4,800"],
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(" · ", StringComparison.Ordinal)]));

        static async IAsyncEnumerable<RunProgress> Runs()
        {
            await Task.Yield();
            yield return Run(RunPhase.Forum);
            yield return Run(RunPhase.Forum);
            yield return Run();
            yield return Run();
            yield return Run(status: RunStatus.Completed);
        }
    }
}
