using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A collection with more records than are read of one: a server can make them up without end.</summary>
public class RecordLimitTests
{
    [Fact]
    public async Task Run_ACollectionOverTheLimit_IsLeftOffWithOneErrorAndEverythingElseIsRead()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 4, PostsPerUser = 5, ExtraPostsOfFirstUser = 350 }, configure: options => options.MaxRecordsPerCollection = 250);
        var large = cluster.Forum.Users[0];
        // The forum's first member may have more collections: whatever comes after the posts is read, too.
        var posts = large.Records(ForumRecords.Post).Length;

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 1, cluster.UserDids.Count + 1), (run.Status, run.Counts.Failed, run.DidsDone));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((large.Did, ForumRecords.Post, "too_many_records"), (error.Did, error.Collection, error.Kind));
        // Whole pages up to the limit, and everything of everybody else.
        Assert.Equal(posts - 200, (await cluster.DifferencesAsync()).Count);
        Assert.All(await cluster.DifferencesAsync(), difference => Assert.StartsWith($"missing: {large.Did}/{ForumRecords.Post}/", difference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ACollectionThatHasGrownOverTheLimit_LosesNoRow()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 2, PostsPerUser = 5 }, configure: options => options.MaxRecordsPerCollection = 120);
        var large = cluster.Forum.Users[0];
        await cluster.RunAsync(RunType.FullSync);
        // Older than all that is there, so that those in the index come after the limit.
        for (var i = 0; i < 150; i++)
            large.Put(ForumRecords.Post, $"2222222222{i:d3}".Replace('0', '7').Replace('1', 'a').Replace('8', 'b').Replace('9', 'c'), """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((1, 0), (run.Counts.Failed, run.Counts.Deleted));
        Assert.DoesNotContain(await cluster.DifferencesAsync(), difference => difference.StartsWith("too much", StringComparison.Ordinal));
    }

    /// <summary>Whatever the rev: the operator has raised the limit, and the repository has not changed.</summary>
    [Fact]
    public async Task Run_AfterTheLimitWasRaised_ReadsTheRestAndClearsTheError()
    {
        BackfillOptions? set = null;
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 2, PostsPerUser = 5, ExtraPostsOfFirstUser = 350 }, configure: options => (set = options).MaxRecordsPerCollection = 250);
        await cluster.RunAsync(RunType.FullSync);
        Assert.NotEmpty(await cluster.DifferencesAsync());
        set!.MaxRecordsPerCollection = 1_000;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal(0, run.Counts.Failed);
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }
}
