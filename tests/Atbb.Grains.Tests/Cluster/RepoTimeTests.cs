using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A server that goes on and on and never fails for good.</summary>
public class RepoTimeTests
{
    [Fact]
    public async Task Run_ARepositoryThatTakesTooLong_IsGivenUpWithOneErrorAndEverythingElseIsRead()
    {
        BackfillOptions? set = null;
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 4, PostsPerUser = 5, ExtraPostsOfFirstUser = 350 },
            configure: options => (set = options).MaxRepoTime = TimeSpan.FromMilliseconds(500));
        var slow = cluster.Forum.Users[0];
        // Each page fails a few times before it comes: no row of failures is long enough to end it.
        var asked = 0;
        cluster.Pds.Fault = request => request.Did == slow.Did && request.Method == "com.atproto.repo.listRecords" && ++asked % 4 != 0
            ? PdsFault.Error(503, "UpstreamFailure")
            : null;

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 1, cluster.UserDids.Count + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((slow.Did, "out_of_time"), (error.Did, error.Kind));
        Assert.Contains("Atbb:Backfill:MaxRepoTime", error.Message, StringComparison.Ordinal);
        Assert.All(await cluster.DifferencesAsync(), difference => Assert.StartsWith($"missing: {slow.Did}/", difference, StringComparison.Ordinal));
        Assert.Equal(1, await cluster.Database.NumberAsync($"select count(*) from repos where did = '{slow.Did}' and began_at is not null and is_settled"));

        set!.MaxRepoTime = TimeSpan.FromHours(1);
        cluster.Pds.Fault = null;
        var retry = await cluster.Backfill.RetryAsync(run.RunId);
        Assert.Equal(0, (await cluster.EndOfAsync(retry.RunId!.Value)).Counts.Failed);
        Assert.Empty(await cluster.DifferencesAsync());
    }
}
