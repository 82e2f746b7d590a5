using System.Globalization;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>How much faster two silos are than one, where each is held up by its hosts and not by its machine. Run by <c>bench/cluster.sh</c>; asserts no time.</summary>
public sealed class ClusterSpeed(ITestOutputHelper output)
{
    const int Rounds = 2;

    static readonly SampleForumOptions Forum = new() { Users = 1_000, PostsPerUser = 3 };

    // Each answer takes 50 ms, and each silo has four connections to the host.
    static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(50);

    static readonly string[] Settings =
    [
        "Cluster:DetectionTime=00:01:00", "Backfill:Concurrency=64", "Network:MaxConnectionsPerServer=4",
        "Politeness:ConcurrentRequests=0", "PlcPoliteness:ConcurrentRequests=0",
    ];

    [Fact(Explicit = true)]
    public async Task OneSiloAndTwo_BoundByLatency()
    {
        var (one, two) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            one = Math.Min(one, await SecondsAsync(silos: 1));
            two = Math.Min(two, await SecondsAsync(silos: 2));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one silo {one:F2} s, two silos {two:F2} s: {one / two:F2} times as fast"));
    }

    async Task<double> SecondsAsync(int silos)
    {
        await using var cluster = await SiloCluster.StartAsync(silos, Forum, Settings);
        cluster.Case.Pds.Latency = Latency;
        var id = await cluster.Silos[0].Admin.MustStartAsync("full_sync", [.. cluster.Case.Dids]);
        await cluster.CompletedAsync(id, cluster.Silos[0]);
        await using var index = cluster.Case.Database.Open();
        var milliseconds = await IndexReader.NumberAsync(index, "select cast(1000 * extract(epoch from completed_at - started_at) as bigint) from backfill_progress");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{silos} silo(s): {milliseconds / 1000.0:F2} s, {cluster.Case.Pds.Log.Count} requests"));
        return milliseconds / 1000.0;
    }
}
