using System.Globalization;
using System.Text.Json.Nodes;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Short pages: mostly the last of their collection, and written together with the empty one that says so.</summary>
public class ShortPageTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string Written = """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""";

    static async Task<long> WritesOfAsync(ForumCluster cluster, string did) =>
        Convert.ToInt64(await cluster.Database.ScalarAsync($"select version from repos where did = '{did}'"), CultureInfo.InvariantCulture);

    /// <summary>A PDS that lists no more than some records a page, whatever it is asked for.</summary>
    static Func<PdsRequest, PdsFault?> PagesOf(int size) => request => request.Method == ListRecords
        ? PdsFault.Edited(body =>
        {
            var records = body["records"]!.AsArray();
            if (records.Count <= size)
                return;
            while (records.Count > size)
                records.RemoveAt(size);
            body["cursor"] = ((string)records[^1]!["uri"]!).Split('/')[^1];
        })
        : null;

    [Theory]
    [InlineData(CursorStyle.EveryPage, 4)]
    [InlineData(CursorStyle.FullPages, 2)]
    [InlineData(CursorStyle.WhileMore, 2)]
    public async Task Sync_ASmallRepository_IsOneWriteForEachCollection(CursorStyle cursors, int requests)
    {
        await using var cluster = await ForumCluster.StartAsync();
        cluster.Pds.Cursors = cursors;

        await cluster.RunAsync(RunType.FullSync);

        var did = cluster.UserDids[0];
        // It was noted, then its memberships were written, then its posts.
        Assert.Equal(3, await WritesOfAsync(cluster, did));
        Assert.Equal(requests, cluster.Pds.Log.Snapshot().Count(request => request.IsListing && request.Did == did));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Theory]
    [InlineData(OrderStyle.AsAsked, CursorStyle.EveryPage, 3)]
    [InlineData(OrderStyle.AsAsked, CursorStyle.WhileMore, 1)]
    [InlineData(OrderStyle.AlwaysAscending, CursorStyle.FullPages, 2)]
    [InlineData(OrderStyle.AlwaysDescending, CursorStyle.EveryPage, 3)]
    [InlineData(OrderStyle.AlwaysDescending, CursorStyle.WhileMore, 1)]
    public async Task Sync_APdsOfShortPages_ReadsAllRemovesWhatIsGoneAndAsksForNoPageTwice(OrderStyle order, CursorStyle cursors, int size)
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 10 });
        (cluster.Pds.Order, cluster.Pds.Cursors, cluster.Pds.Fault) = (order, cursors, PagesOf(size));

        var first = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, first.Counts with { Requests = 0, Bytes = 0 });
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.All(
            cluster.Pds.Log.Snapshot().Where(request => request.IsListing).CountBy(request => request.Target),
            asked => Assert.Equal(1, asked.Value));

        // The first, one in the middle, the last two, and all there is of another.
        var (some, all) = (cluster.Forum.Users[0], cluster.Forum.Users[1]);
        var posts = some.Records(ForumRecords.Post);
        foreach (var post in new[] { posts[0], posts[4], posts[^2], posts[^1] })
            some.Delete(ForumRecords.Post, post.Rkey);
        foreach (var post in all.Records(ForumRecords.Post))
            all.Delete(ForumRecords.Post, post.Rkey);

        var second = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((0, 14, 0), (second.Counts.Indexed, second.Counts.Deleted, second.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>The page behind a short one is of no use. The short one is written all the same, and nothing behind it is removed.</summary>
    [Theory]
    [InlineData("an empty page with a cursor")]
    [InlineData("the same cursor twice")]
    [InlineData("an outage")]
    public async Task Sync_NonsenseBehindAShortPage_KeepsTheShortPageAndWhatIsBehind(string behind)
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 2);
        var user = cluster.Forum.Users[0];
        await cluster.RunAsync(RunType.FullSync);
        var added = user.Add(ForumRecords.Post, Written);
        // Behind the page of three that this PDS now gives: still in the repository, and not to be had.
        var few = PagesOf(3);
        cluster.Pds.Fault = request =>
            request.Did != user.Did || request.Method != ListRecords ? null
            : request.Cursor is null ? few(request)
            : behind switch
            {
                "an empty page with a cursor" => PdsFault.Edited(body => (body["records"], body["cursor"]) = (new JsonArray(), "further")),
                "the same cursor twice" => PdsFault.Edited(body => (body["records"], body["cursor"]) = (new JsonArray(), request.Cursor)),
                _ => PdsFault.Html(502),
            };

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, 1), (run.Status, run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal([$"missing: {user.Did}/{ForumRecords.Post}/{added.Rkey} {added.Cid}"], await cluster.DifferencesAsync());

        cluster.Pds.Fault = null;
        Assert.Equal(1, (await cluster.RunAsync(RunType.CatchUp)).Counts.Indexed);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Pause_WhileLookingBehindAShortPage_LosesNothingAndCountsNothingTwice()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 1, PostsPerUser = 5 });
        var user = cluster.Forum.Users[0];
        var reached = new TaskCompletionSource();
        cluster.Pds.Fault = request =>
        {
            if (request.Did != user.Did || request.Collection != ForumRecords.Post || request.Cursor is null)
                return null;
            reached.TrySetResult();
            return PdsFault.Hang;
        };

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        await cluster.Backfill.PauseAsync(start.RunId!.Value);
        var paused = await cluster.UntilAsync(run => run.Status is RunStatus.Paused && run.InFlight == 0);
        // The page in hand is in the index.
        Assert.Equal(5L, await cluster.Database.ScalarAsync($"select count(*) from posts where did = '{user.Did}'"));

        cluster.Pds.Fault = null;
        await cluster.Backfill.ResumeAsync(paused.RunId);
        var run = await cluster.EndOfAsync(paused.RunId);
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, run.Counts with { Requests = 0, Bytes = 0 });
        Assert.Empty(await cluster.DifferencesAsync());
    }
}
