using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Accounts and hosts that the operator leaves out.</summary>
public class LeftOutTests
{
    [Fact]
    public async Task Run_AnAccountAndAHostLeftOut_AsksNothingAboutThemAndSaysSo()
    {
        List<string> dids = [], hosts = [];
        await using var cluster = await ForumCluster.StartAsync(configure: options => (options.SkipDids, options.SkipHosts) = (dids, hosts));
        await using var other = await SamplePds.StartAsync(cluster.Pds.Plc);
        var users = cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).ToList();
        other.Host([.. users.Take(3)]);
        // It would hold the run for an hour.
        other.Fault = _ => PdsFault.TooManyRequests(TimeSpan.FromHours(1));
        hosts.Add(other.Origin.Authority);
        dids.Add(users[3].Did);

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 9, 4, 0), (run.Status, run.DidsDone, run.Counts.LeftOut, run.Counts.Failed));
        Assert.Null(run.LastError);
        Assert.Equal(0, other.Log.Count);
        Assert.Equal(0, await cluster.Database.NumberAsync($"select count(*) from posts where did = '{users[3].Did}'"));
        Assert.Equal(5, await cluster.Database.NumberAsync($"select count(*) from posts where did = '{users[4].Did}'"));
        // Nothing is written of them: the row is the one that listing them has made.
        Assert.Equal(4, await cluster.Database.NumberAsync("select count(*) from repos where status = 'pending' and version = 1"));
        Assert.Equal(4, await cluster.Database.NumberAsync($"select dids_left_out from backfill_progress where id = {run.RunId}"));
        Assert.Equal(4, cluster.Log.Of("backfill.left_out").Count);
        Assert.Single(cluster.Log.Of("backfill.leaving_out"));

        var byHand = await cluster.RepoOf(users[3].Did).SyncNowAsync(cluster.Forum.Forum.Did, TestContext.Current.CancellationToken);
        Assert.Contains("Atbb:Backfill:SkipDids", Assert.IsType<RepoOutcome.LeftOut>(byHand.Outcome).Reason, StringComparison.Ordinal);
    }
}
