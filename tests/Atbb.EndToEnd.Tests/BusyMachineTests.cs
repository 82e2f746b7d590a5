using Atbb.EndToEnd.Tests.Processes;

namespace Atbb.EndToEnd.Tests;

/// <summary>Three real silos on a machine without a processor to spare. Nothing else is tested beside it: how busy the machine is, is what the test makes of it.</summary>
[Collection(Alone)]
public sealed class BusyMachineTests(ITestOutputHelper output)
{
    const string Alone = "a busy machine";

    // As a service has it that is told nothing else.
    static readonly TimeSpan DetectionTime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Run_OnABusyMachineWithASiloThatIsAskedWithoutAPause_NobodyIsTakenForDead()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size, $"Cluster:DetectionTime={DetectionTime}");
        cluster.Case.Pds.Latency = TimeSpan.FromMilliseconds(100);
        await using var processors = new BusyProcessors();
        await using var silo = new BusySilo(cluster.Silos[^1], clients: 16);

        var id = await cluster.BeginRunAsync();
        // Long enough for each of them to be missed by all others, were it missed at all.
        await Task.Delay(1.5 * DetectionTime, TestContext.Current.CancellationToken);
        await cluster.CompletedAsync(id, cluster.Silos[0]);

        output.WriteLine($"{silo.Answers} answers of the silo that was asked");
        Assert.True(silo.Answers > 0, $"Nobody was busy.\n{cluster}");
        Assert.Empty(await cluster.Diary.DeathsAsync());
        Assert.All(cluster.Silos, it => Assert.False(it.Process.HasEnded, $"{it.Process}"));
    }

    /// <summary>What runs beside nothing else.</summary>
    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class OnItsOwn;
}
