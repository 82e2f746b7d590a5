using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A host that answers every request by asking to be left alone, beside one that answers.</summary>
public class RefusingHostTests
{
    /// <summary>Every other user's repository lives on the host that refuses.</summary>
    static async Task<SamplePds> RefuseHalfAsync(ForumCluster cluster, TimeSpan? retryAfter)
    {
        var refusing = await SamplePds.StartAsync(cluster.Pds.Plc);
        refusing.Host([.. cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).Where((_, i) => i % 2 == 0)]);
        refusing.Fault = _ => PdsFault.TooManyRequests(retryAfter);
        return refusing;
    }

    [Theory]
    // An hour each time: eight attempts of one account would take eight.
    [InlineData(3600)]
    [InlineData(null)]
    public async Task Run_AHostThatRefusesForGood_EndsWithAnErrorForEachOfItsRepositoriesAndFewRequests(int? retryAfter)
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 80, PostsPerUser = 1 }, protocol: options => options.Politeness.MaxRefusal = TimeSpan.FromSeconds(2));
        await using var refusing = await RefuseHalfAsync(cluster, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 81, 40), (run.Status, run.DidsDone, run.Counts.Failed));
        var errors = await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId));
        Assert.Equal(40, errors.Count);
        Assert.Contains(errors, error => error.Message.Contains("not sent, the host has refused everything", StringComparison.Ordinal));
        Assert.All(errors, error =>
        {
            Assert.Equal("unreachable", error.Kind);
            Assert.Contains(refusing.Origin.Authority, error.Message, StringComparison.Ordinal);
        });
        // At most what may be under way before the first answer.
        Assert.InRange(refusing.Log.Count, 1, 48);

    }

    [Fact]
    public async Task Run_AHostThatRefusesASecondAtATime_CountsAnAttemptForAllOfItsRepositoriesTogether()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 80, PostsPerUser = 1 }, configure: options => options.MaxAttempts = 3);
        await using var refusing = await RefuseHalfAsync(cluster, TimeSpan.FromSeconds(1));

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 81, 40), (run.Status, run.DidsDone, run.Counts.Failed));
        // Three attempts of each would be 120.
        Assert.InRange(refusing.Log.Count, 3, 100);
    }
}
