using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A host that takes requests and never answers, beside one that does.</summary>
public class SilentHostTests
{
    /// <summary>Every other user's repository lives on the silent host.</summary>
    static async Task<SamplePds> SilenceHalfAsync(ForumCluster cluster)
    {
        var silent = await SamplePds.StartAsync(cluster.Pds.Plc);
        silent.Host([.. cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).Where((_, i) => i % 2 == 0)]);
        silent.Fault = _ => PdsFault.Hang;
        return silent;
    }

    [Fact]
    public async Task Run_HalfOfTheRepositoriesOnASilentHost_TheOthersAreDoneBeforeItsFirstRequestTimesOut()
    {
        // Fewer at once than are silent: the others get a place all the same.
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 200, PostsPerUser = 1 },
            configure: options => options.Concurrency = 64,
            protocol: options => (options.Network.RequestTimeout, options.Network.TotalTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(2)));
        await using var silent = await SilenceHalfAsync(cluster);

        await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        // The good half, and the forum's own repository.
        var half = await cluster.UntilAsync(run => run.Phase == RunPhase.Users && run.DidsDone == 101);

        Assert.Equal(0, half.Counts.Failed);
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from repos where attempts > 0"));
        await cluster.Backfill.CancelAsync(half.RunId);
    }

    /// <summary>More silent hosts than a window has places for their requests: each would hold eight of 128.</summary>
    [Fact]
    public async Task Run_ManySilentHosts_ThoseOfAHealthyOneAreDoneBeforeTheFirstRequestTimesOut()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 420, PostsPerUser = 1 },
            configure: options => options.Concurrency = 128,
            protocol: options => (options.Politeness.ConcurrentRequests, options.Network.RequestTimeout, options.Network.TotalTimeout) = (8, TimeSpan.FromHours(1), TimeSpan.FromHours(2)));
        var silent = new List<SamplePds>();
        try
        {
            // One after the other as they stand in the list: the healthy host's repositories are the last of each 21.
            var users = cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).ToList();
            for (var i = 0; i < 20; i++)
            {
                silent.Add(await SamplePds.StartAsync(cluster.Pds.Plc));
                silent[i].Fault = _ => PdsFault.Hang;
                silent[i].Host([.. users.Where((_, n) => n % 21 == i)]);
            }

            await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
            // No request ends by its time-out in the life of this test: what is done was done beside them.
            var run = await cluster.UntilAsync(run => run.Phase == RunPhase.Users && run.DidsDone == 21);

            Assert.Equal(0, run.Counts.Failed);
            Assert.All(silent, host => Assert.InRange(host.Log.Count, 0, 1));
            await cluster.Backfill.CancelAsync(run.RunId);
        }
        finally
        {
            foreach (var host in silent)
                await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Run_AHostThatIsSilentForGood_EndsWithAnErrorForEachOfItsRepositoriesAndFewRequests()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 80, PostsPerUser = 1 },
            configure: options => options.MaxAttempts = 6,
            protocol: options => options.Network.RequestTimeout = TimeSpan.FromSeconds(2));
        await using var silent = await SilenceHalfAsync(cluster);

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 81, 40), (run.Status, run.DidsDone, run.Counts.Failed));
        var errors = await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId));
        Assert.Equal(40, errors.Count);
        Assert.All(errors, error => Assert.Equal("unreachable", error.Kind));
        // Each was asked for once or twice, and then one for all: six attempts of each would be 240.
        Assert.InRange(silent.Log.Count, 6, 120);
    }

    [Fact]
    public async Task Run_AHostThatSpeaksAgain_IsReadWhole()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 40, PostsPerUser = 1 },
            configure: options => options.MaxAttempts = 100,
            protocol: options => options.Network.RequestTimeout = TimeSpan.FromSeconds(2));
        await using var silent = await SilenceHalfAsync(cluster);

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Waiting.Any(repo => repo.Attempts > 1));
        silent.Fault = null;

        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
    }
}
