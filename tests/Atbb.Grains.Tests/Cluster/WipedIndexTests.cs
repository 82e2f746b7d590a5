using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>An index that is emptied behind the service's back becomes whole again.</summary>
public class WipedIndexTests
{
    const string ListRecords = "com.atproto.repo.listRecords";

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

    /// <summary>A record that is read again has another row, and others still refer to the one that is gone.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task FullSync_AfterAnAccountsRowsWereRemoved_LeadsWhatRefersToThemThereAgain(DatabaseKind kind)
    {
        await using var cluster = await ForumCluster.StartAsync(kind: kind);
        await cluster.RunAsync(RunType.FullSync);
        var before = await ReferencesAsync(cluster);
        var answered = (string)before.First(row => row[2] is string root && root != (string)row[0]!)[2]!;
        await cluster.Database.ExecuteAsync($"delete from posts where did = '{answered}'");

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 0L), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(before, await ReferencesAsync(cluster));
    }

    /// <summary>Each post, and the posts that its references lead to.</summary>
    static Task<IReadOnlyList<object?[]>> ReferencesAsync(ForumCluster cluster) => cluster.Database.QueryAsync("""
        select p.did, p.rkey, root.did, root.rkey, parent.did, parent.rkey
        from posts p
        left join posts root on root.id = p.root_post_id
        left join posts parent on parent.id = p.parent_post_id
        where p.root_uri is not null
        order by p.did, p.rkey
        """);

    /// <summary>Emptied while the last repository is held: the run has been everywhere else, and counted it.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, RunType.FullSync)]
    [InlineData(DatabaseKind.PostgreSql, RunType.FullSync)]
    [InlineData(DatabaseKind.Sqlite, RunType.CatchUp)]
    public async Task Run_WhileWhichAllTablesAreEmptied_IsWholeWhenItHasCompleted(DatabaseKind kind, RunType type)
    {
        await using var cluster = await ForumCluster.StartAsync(kind: kind);
        if (type is RunType.CatchUp)
            await cluster.RunAsync(RunType.FullSync);
        var last = cluster.UserDids.Max(StringComparer.Ordinal)!;
        cluster.Forum.Users.Single(user => user.Did == last).Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = request => request.Did == last && request.Method == ListRecords ? PdsFault.HeldUntil(released.Task) : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = type, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.DidsDone == cluster.UserDids.Count);
        foreach (var table in CollectionCatalog.All.Select(of => of.Table).Append("users"))
            await cluster.Database.ExecuteAsync($"delete from {table}");
        released.SetResult();

        var run = await cluster.EndOfAsync(start.RunId!.Value);

        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(cluster.UserDids.Count + 1, await cluster.Database.NumberAsync("select count(*) from users"));
        // Once more, and no more than that.
        Assert.Single(cluster.Log.Of("backfill.index_emptied"));
        cluster.Pds.Log.Clear();
        await cluster.RunAsync(RunType.FullSync);
        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
    }

    [Fact]
    public async Task Run_ThatWasPausedInTheMiddleOfARepositoryWhoseRowsAreRemoved_ReadsItFromTheBeginning()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 2, PostsPerUser = 5, ExtraPostsOfFirstUser = 250 }, configure: options => options.MaxAttempts = 100);
        var large = cluster.Forum.Users[0].Did;
        cluster.Pds.Fault = request => request.Did == large && request.Collection == ForumRecords.Post && request.Cursor is not null ? PdsFault.Error(503, "UpstreamFailure") : null;
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(run => run.Deferred == 1);
        await cluster.Backfill.PauseAsync(start.RunId!.Value);
        await cluster.Database.ExecuteAsync($"delete from posts where did = '{large}'");
        cluster.Pds.Fault = null;

        await cluster.Backfill.ResumeAsync(start.RunId.Value);

        Assert.Equal((RunStatus.Completed, 0), await cluster.EndOfAsync(start.RunId.Value) is var run ? (run.Status, run.Counts.Failed) : default);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>There is no row, and there never was: each record has its error.</summary>
    [Fact]
    public async Task FullSync_OfAnAccountWithNothingButBadRecords_IsNotReadAgainRunAfterRun()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 2, ModActions = 0 });
        var user = cluster.Forum.Users[0];
        foreach (var record in user.Records(ForumRecords.Post))
            user.Put(ForumRecords.Post, record.Rkey, """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""");
        await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Log.Clear();

        await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
        Assert.Empty(cluster.Log.Of("backfill.index_emptied"));
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
