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
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 200, PostsPerUser = 1 });
        await using var silent = await SilenceHalfAsync(cluster);

        await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        // The good half, and the forum's own repository.
        var half = await cluster.UntilAsync(run => run.Phase == RunPhase.Users && run.DidsDone == 101);

        Assert.Equal(0, half.Counts.Failed);
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from repos where attempts > 0"));
        await cluster.Backfill.CancelAsync(half.RunId);
    }

    [Fact]
    public async Task Run_AHostThatIsSilentForGood_EndsWithAnErrorForEachOfItsRepositoriesAndFewRequests()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 80, PostsPerUser = 1 },
            configure: options => options.MaxAttempts = 6,
            protocol: options => options.Network.RequestTimeout = TimeSpan.FromMilliseconds(500));
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
            protocol: options => options.Network.RequestTimeout = TimeSpan.FromMilliseconds(500));
        await using var silent = await SilenceHalfAsync(cluster);

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Waiting.Any(repo => repo.Attempts > 1));
        silent.Fault = null;

        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
    }
}
