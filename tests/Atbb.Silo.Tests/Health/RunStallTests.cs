using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Health;

namespace Atbb.Silo.Tests.Health;

public class RunStallTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    static RunProgress Run(RunStatus status = RunStatus.InProgress, int minutes = 11, int inFlight = 1, int? nextInMinutes = null) => new()
    {
        RunId = 7,
        Type = RunType.FullSync,
        Status = status,
        Phase = RunPhase.Users,
        DidsDone = 3,
        DidsTotal = 9,
        InFlight = inFlight,
        Reading = inFlight > 0 ? ["did:plc:slow"] : [],
        Deferred = nextInMinutes is null ? 0 : 2,
        NextAttemptAt = nextInMinutes is { } next ? Now.AddMinutes(next) : null,
        LastProgressAt = Now.AddMinutes(-minutes),
        LastError = "no answer",
    };

    public static TheoryData<string, RunProgress?, bool> Cases => new()
    {
        { "no run", null, false },
        { "paused", Run(RunStatus.Paused), false },
        { "ended", Run(RunStatus.Completed), false },
        { "moving", Run(minutes: 10), false },
        { "reading for too long", Run(), true },
        { "nothing is being done", Run(inFlight: 0), true },
        { "everything waits for a time that was said", Run(inFlight: 0, nextInMinutes: 60), false },
        { "what waited is overdue", Run(inFlight: 0, nextInMinutes: -1), true },
        { "one reads for too long while others wait", Run(nextInMinutes: 60), true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Find_ByWhatTheRunDoes_TellsAStallFromPatience(string why, RunProgress? run, bool stalled) =>
        Assert.True(RunStall.Find(run, Now, After) is not null == stalled, why);

    [Fact]
    public void Find_AStall_NamesWhatIsBeingReadAndTheLastError() =>
        Assert.Equal(
            "Run 7 has made no progress for 11 minutes: phase 2, 3 of 9 repositories settled, 1 being read (did:plc:slow), 0 waiting. "
            + "Pause and resume it; if that does not help, restart this process, it goes on where it stands. Last error: no answer",
            RunStall.Find(Run(), Now, After));
}
