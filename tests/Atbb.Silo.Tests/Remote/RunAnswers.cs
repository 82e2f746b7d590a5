using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;

namespace Atbb.Silo.Tests.Remote;

/// <summary>Runs as a service tells them.</summary>
static class RunAnswers
{
    public static RunAnswer Of(RunStatus status, long id = 1, long failed = 0) => RunAnswer.Of(new RunProgress
    {
        RunId = id,
        Type = RunType.FullSync,
        Status = status,
        Phase = RunPhase.Users,
        Counts = default(SyncCounts) with { Failed = failed },
        StartedAt = DateTimeOffset.UnixEpoch,
    });
}
