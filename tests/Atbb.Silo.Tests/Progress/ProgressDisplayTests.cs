using System.Text.Json;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;

namespace Atbb.Silo.Tests.Progress;

public class ProgressDisplayTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.FromHours(2));

    /// <summary>What the command writes at the end is what the admin HTTP answers: scripts read both.</summary>
    [Fact]
    public void RunAnswer_WrittenByTheCommand_IsAsTheAdminHttpWritesIt()
    {
        var answer = RunAnswer.Of(new RunProgress
        {
            RunId = 7,
            Type = RunType.FullSync,
            Status = RunStatus.InProgress,
            Phase = RunPhase.Users,
            Waiting = [new ParkedRepo("did:plc:a", "pds.example", "it is away – still", 3, Now)],
            Hosts = [new WaitedHost("pds.example", 2, Now, "429")],
            Reading = ["did:plc:b"],
            Counts = new SyncCounts(5, 1, 2, 3, 4, 6, 7),
            StartedAt = Now,
            RecordsPerSecond = 12.34,
            Remaining = TimeSpan.FromSeconds(1.5),
            RetryOf = 6,
            LastError = "gone",
        }, errorCount: 4);

        var written = JsonSerializer.SerializeToNode(answer, RunAnswerJson.Default.RunAnswer)!.ToJsonString(AdminJson.Options);

        Assert.Equal(JsonSerializer.Serialize(answer, AdminJson.Options), written);
        Assert.Contains("\"type\":\"full_sync\",\"status\":\"in_progress\"", written, StringComparison.Ordinal);
    }
}
