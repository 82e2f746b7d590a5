using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>An index that is emptied behind the service's back becomes whole again.</summary>
public class WipedIndexTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "posts")]
    [InlineData(DatabaseKind.Sqlite, "posts", "memberships", "users", "forums")]
    [InlineData(DatabaseKind.PostgreSql, "posts", "memberships", "users", "forums")]
    [InlineData(DatabaseKind.Sqlite, "users")]
    public async Task FullSync_AfterTablesWereEmptied_ReadsTheirRecordsAgain(DatabaseKind kind, params string[] tables)
    {
        await using var cluster = await ForumCluster.StartAsync(kind: kind);
        await cluster.RunAsync(RunType.FullSync);
        var users = await cluster.Database.ScalarAsync("select count(*) from users");
        foreach (var table in tables)
            await cluster.Database.ExecuteAsync($"delete from {table}");

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 0L), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(users, await cluster.Database.ScalarAsync("select count(*) from users"));
        Assert.Single(cluster.Log.Of("backfill.index_emptied"));
    }

    [Fact]
    public async Task FullSync_OfAForumWithACollectionThatWasAlwaysEmpty_StillSkipsWhatHasNotChanged()
    {
        await using var cluster = await ForumCluster.StartAsync(new SampleForumOptions { Users = 4, PostsPerUser = 0, ModActions = 0 });
        await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Log.Clear();

        await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(0, cluster.Pds.Log.CountOf("com.atproto.repo.listRecords"));
    }

    [Fact]
    public async Task Activation_OfARunThatTheIndexDoesNotKnow_ForgetsItAndLetsTheNextOneReadEverything()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = request => request.Method == "com.atproto.repo.listRecords" ? PdsFault.HeldUntil(released.Task) : null;
        var held = cluster.Pds.Log.ArrivedAsync(1, request => request.Method == "com.atproto.repo.listRecords", TestContext.Current.CancellationToken);
        await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await held;
        var lost = cluster.DeactivateAsync(cluster.Backfill);
        foreach (var table in new[] { "backfill_progress", "repo_cursors", "repos" })
            await cluster.Database.ExecuteAsync($"delete from {table}");
        cluster.Pds.Fault = null;
        released.SetResult();
        await lost;

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Single(cluster.Log.Of("backfill.index_replaced"));
    }
}
