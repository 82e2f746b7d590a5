using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A host that may be asked once a second, beside one that answers at once.</summary>
public class SlowHostTests
{
    [Fact]
    public async Task Run_HalfOfTheRepositoriesOnALimitedHost_TheOthersDoNotWaitForThem()
    {
        // The pace of the PDSes: the first one is the directory's host too, which has a politeness of its own, without one.
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 200, PostsPerUser = 1 },
            configure: options => options.Concurrency = 8,
            protocol: options => options.Politeness.RequestsPerSecond = 1);
        await using var limited = await SamplePds.StartAsync(cluster.Pds.Plc);
        limited.Host([.. cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).Where((_, i) => i % 2 == 0)]);

        await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        var half = await cluster.UntilAsync(run => run.Phase == RunPhase.Users && run.DidsDone >= 100);

        // Repository by repository as they stand in the list, as many would have been read here as there.
        Assert.InRange(limited.Log.Snapshot().Select(request => request.Did).Distinct().Count(), 0, 25);
        Assert.Equal(0, half.Counts.Failed);
        await cluster.Backfill.CancelAsync(half.RunId);
    }
}
