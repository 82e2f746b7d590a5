using System.Text.Json.Nodes;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Repositories that are not as they should be, and PDSes that answer in their own ways.</summary>
public class RepositoryTests
{
    const string ListRecords = "com.atproto.repo.listRecords";

    [Theory]
    [InlineData(OrderStyle.AsAsked, CursorStyle.EveryPage, false)]
    [InlineData(OrderStyle.AsAsked, CursorStyle.WhileMore, false)]
    [InlineData(OrderStyle.AlwaysAscending, CursorStyle.FullPages, true)]
    [InlineData(OrderStyle.AlwaysDescending, CursorStyle.EveryPage, false)]
    [InlineData(OrderStyle.AlwaysDescending, CursorStyle.WhileMore, true)]
    public async Task Sync_WithAnyOrderAndCursors_IndexesAllAndRemovesWhatIsGone(OrderStyle order, CursorStyle cursors, bool opaque)
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        (cluster.Pds.Order, cluster.Pds.Cursors, cluster.Pds.OpaqueCursors) = (order, cursors, opaque);

        var first = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal((cluster.Forum.RecordCount, 0), (first.Counts.Indexed, first.Counts.Deleted));
        Assert.Empty(await cluster.DifferencesAsync());

        var busy = cluster.Forum.Users[0];
        var posts = busy.Records(ForumRecords.Post);
        // The first, the last, both sides of a page's end, and the one record of a collection.
        foreach (var i in new[] { 0, 98, 99, 100, 101, 150, posts.Length - 1 })
            busy.Delete(ForumRecords.Post, posts[i].Rkey);
        busy.Delete(ForumRecords.Membership, busy.Records(ForumRecords.Membership)[0].Rkey);

        var second = await cluster.RunAsync(RunType.FullSync);
        Assert.Equal((0, 0, 8, 0), (second.Counts.Indexed, second.Counts.Updated, second.Counts.Deleted, second.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Sync_AChangeDuringThePass_IsSeenByTheNext()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var user = cluster.Forum.Users[0];
        var oldest = user.Records(ForumRecords.Post)[0];
        cluster.Pds.BeforeAnswer = request =>
        {
            // The first page of posts has been read: what changes there now is behind the cursor.
            if (request.Did == user.Did && request.Collection == ForumRecords.Post && request.Cursor is not null)
                user.Delete(ForumRecords.Post, oldest.Rkey);
            return Task.CompletedTask;
        };

        await cluster.RunAsync(RunType.FullSync);
        Assert.Single(await cluster.DifferencesAsync());

        cluster.Pds.BeforeAnswer = null;
        var second = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal(1, second.Counts.Deleted);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>By a cursor that is a position, what stands behind a deleted record is on neither of two pages: it is still there.</summary>
    [Theory]
    [InlineData(OrderStyle.AsAsked)]
    [InlineData(OrderStyle.AlwaysDescending)]
    public async Task Sync_ADeletionMovesThePagesOn_RemovesNothingThatIsThere(OrderStyle order)
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 2, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        (cluster.Pds.Order, cluster.Pds.PositionalCursors) = (order, true);
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        var posts = user.Records(ForumRecords.Post);
        user.Delete(ForumRecords.Post, posts[150].Rkey);
        var deleted = 0;
        cluster.Pds.BeforeAnswer = request =>
        {
            if (request.Did == user.Did && request.Collection == ForumRecords.Post && request.Cursor is not null && Interlocked.Exchange(ref deleted, 1) == 0)
                user.Delete(ForumRecords.Post, posts[order is OrderStyle.AsAsked ? 5 : posts.Length - 5].Rkey);
            return Task.CompletedTask;
        };

        var second = await cluster.RunAsync(RunType.FullSync);

        // What went while it was read is behind the cursor; what had gone before is within a page.
        Assert.Equal((0, 1), (second.Counts.Indexed, second.Counts.Deleted));
        Assert.Single(await cluster.DifferencesAsync());

        var third = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((0, 1), (third.Counts.Indexed, third.Counts.Deleted));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>A page that was not written is read again: its cursor is none that the listing has come round to.</summary>
    [Fact]
    public async Task Sync_WithoutOrderAndAStaleWriteInTheMiddle_ReadsItsPageAgain()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 2, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        var user = cluster.Forum.Users[0];
        var moved = 0;
        cluster.Pds.BeforeAnswer = async request =>
        {
            // As another silo would, that was cut off meanwhile.
            if (request is { Collection: ForumRecords.Post, Cursor: not null } && request.Did == user.Did && Interlocked.Exchange(ref moved, 1) == 0)
                await cluster.Database.ExecuteAsync($"update repos set version = version + 1 where did = '{user.Did}'");
        };
        cluster.Pds.Fault = request => request.Did == user.Did && request.Collection == ForumRecords.Post ? PdsFault.Edited(SwapTwo) : null;

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Single(cluster.Log.Of("backfill.stale_write"));
        Assert.Equal("unordered", Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId))).Kind);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    static void SwapTwo(JsonObject page)
    {
        if (page["records"] is not JsonArray { Count: > 1 } records)
            return;

        var first = records[0];
        records.RemoveAt(0);
        records.Insert(1, first);
    }

    [Fact]
    public async Task Sync_WhileAPdsIsDown_ParksAndGoesOnWhenItIsBack()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 1000);
        var unlucky = cluster.UserDids[0];
        cluster.Pds.Fault = request => request.Did == unlucky && request.Method != PdsRequest.DidDocument ? PdsFault.Error(503, "UpstreamFailure") : null;

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        var waiting = await cluster.UntilAsync(run => run.DidsDone == cluster.UserDids.Count && run.Deferred == 1);
        Assert.NotNull(waiting.NextAttemptAt);
        Assert.Contains(unlucky, waiting.LastError, StringComparison.Ordinal);
        var parked = Assert.Single(waiting.Waiting);
        Assert.Equal((unlucky, cluster.Pds.Origin.Authority, waiting.NextAttemptAt), (parked.Did, parked.Host, parked.NextAttemptAt));
        Assert.Contains("503", parked.Reason, StringComparison.Ordinal);
        Assert.True(parked.Attempts > 0, "it has failed at least once");

        cluster.Pds.Fault = null;
        var run = await cluster.EndOfAsync(start.RunId!.Value);
        Assert.Equal((RunStatus.Completed, 0, cluster.Forum.RecordCount), (run.Status, run.Counts.Failed, run.Counts.Indexed));
        // It came through: there is nothing to show.
        Assert.Null(run.LastError);
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_progress where error_message is not null"));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Sync_APdsThatNeverRecovers_IsGivenUpWithOneErrorRowAndRemovesNothing()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 3);
        await cluster.RunAsync(RunType.FullSync);
        var unlucky = cluster.Forum.Users[0];
        unlucky.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");
        cluster.Pds.Fault = request => request.Did == unlucky.Did && request.Method == ListRecords ? PdsFault.Html(502) : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 1, 0), (run.Status, run.Counts.Failed, run.Counts.Deleted));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((unlucky.Did, "unreachable", null), (error.Did, error.Kind, error.Uri));
        Assert.Contains("3 attempts", error.Message, StringComparison.Ordinal);
        // The one that could not be read, and nothing else.
        Assert.Single(await cluster.DifferencesAsync());
        // Not taken for read: the next run reads it.
        cluster.Pds.Fault = null;
        await cluster.RunAsync(RunType.CatchUp);
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Theory]
    [InlineData(AccountState.TakenDown, "takendown")]
    [InlineData(AccountState.Suspended, "suspended")]
    [InlineData(AccountState.Deactivated, "deactivated")]
    public async Task Sync_AnAccountThatIsSwitchedOff_KeepsItsRowsAndMarksItUntilItIsBack(AccountState state, string status)
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var did = cluster.UserDids[0];
        cluster.Pds.SetState(did, state);

        var off = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((RunStatus.Completed, 0, 0), (off.Status, off.Counts.Failed, off.Counts.Deleted));
        Assert.Equal(status, await cluster.Database.ScalarAsync($"select status from users where did = '{did}'"));
        Assert.Empty(await cluster.DifferencesAsync());

        // Back with the rev it had: unmarked, and read all the same.
        cluster.Pds.SetState(did, AccountState.Active);
        var back = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal("active", await cluster.Database.ScalarAsync($"select status from users where did = '{did}'"));
        Assert.Equal(6, back.Counts.Unchanged);
    }

    [Fact]
    public async Task Sync_ADidThatWasGivenUp_RemovesItsRows()
    {
        // So that the directory is asked, and not the memory of its last answer.
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.IdentityMaxAge = TimeSpan.FromTicks(1));
        await cluster.RunAsync(RunType.FullSync);
        var gone = cluster.Forum.Users[0];
        cluster.Pds.Plc.Tombstone(gone.Did);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((0, 6), (run.Counts.Failed, run.Counts.Deleted));
        Assert.Equal(0L, await cluster.Database.ScalarAsync($"select count(*) from posts where did = '{gone.Did}'"));
        Assert.Equal("deleted", await cluster.Database.ScalarAsync($"select status from users where did = '{gone.Did}'"));

        // A directory lets an account undo it: it comes back with the rev it had.
        cluster.Pds.Plc.Register(gone.Did, gone.Handle, cluster.Pds.Origin);
        var back = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((6, "active"), (back.Counts.Indexed, (string)(await cluster.Database.ScalarAsync($"select status from users where did = '{gone.Did}'"))!));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    /// <summary>The directory may be down: where the forum is read from does not depend on it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sync_TheForumAtAConfiguredPds_HasItsHandleByItsDocumentIfThatCanBeHad(bool answers)
    {
        await using var configured = await SamplePds.StartAsync();
        await using var cluster = await ForumCluster.StartAsync(configuredPds: configured.Origin);
        var forum = cluster.Forum.Forum;
        configured.Host(forum);
        cluster.Pds.Fault = request => request.Did == forum.Did && !answers ? PdsFault.Error(503, "UpstreamFailure") : null;

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(answers ? forum.Handle : null, await cluster.Database.ScalarAsync($"select handle from users where did = '{forum.Did}'") as string);
        Assert.Equal(answers ? [forum.Did] : [], await cluster.Backfill.FindByHandleAsync(forum.Handle));
        Assert.Equal(configured.Origin.GetLeftPart(UriPartial.Authority), await cluster.Database.ScalarAsync($"select pds from repos where did = '{forum.Did}'"));
    }

    [Fact]
    public async Task Sync_AnAccountThatMoved_GoesOnFromItsNewPds()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        await using var newHome = await SamplePds.StartAsync(cluster.Pds.Plc);
        var moved = cluster.Forum.Users[0];
        cluster.Pds.Move(moved.Did, newHome);
        moved.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"from my new home","createdAt":"2026-01-01T00:00:00Z"}""");

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((1, 0, 0), (run.Counts.Indexed, run.Counts.Deleted, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Single(cluster.Log.Of("backfill.repo_moved"));
        Assert.Equal(newHome.Origin.GetLeftPart(UriPartial.Authority), await cluster.Database.ScalarAsync($"select pds from repos where did = '{moved.Did}'"));
    }

    /// <summary>
    /// Not skipped by its rev, though it has not changed: that the PDS is mended moves none, and rows are left to be removed. It costs what a
    /// repository with one change costs.
    /// </summary>
    [Fact]
    public async Task Sync_ACollectionListedInNoOrder_IsOneErrorAndReadAgainUntilItsPdsIsMended()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        user.Delete(ForumRecords.Post, user.Records(ForumRecords.Post)[0].Rkey);
        user.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");
        // Every page, so that it is one error of the collection and not one of each page.
        cluster.Pds.Fault = request => request.Did == user.Did && request.Collection == ForumRecords.Post
            ? PdsFault.Edited(page => page["records"] = new JsonArray([.. page["records"]!.AsArray().Select(item => item!.DeepClone()).OrderBy(item => $"{item["cid"]}", StringComparer.Ordinal)]))
            : null;

        foreach (var indexed in new[] { 1, 0 })
        {
            var run = await cluster.RunAsync(RunType.CatchUp);

            Assert.Equal((RunStatus.Completed, indexed, 0, 1), (run.Status, run.Counts.Indexed, run.Counts.Deleted, run.Counts.Failed));
            var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
            Assert.Equal((user.Did, ForumRecords.Post, null, "unordered"), (error.Did, error.Collection, error.Uri, error.Kind));
            Assert.Contains("not removed", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, cluster.Log.Of("backfill.unordered").Count);
        cluster.Pds.Fault = null;
        var mended = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((1, 0), (mended.Counts.Deleted, mended.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Fact]
    public async Task Sync_APdsThatLeadsInCircles_IsGivenUpAndNamed()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 2);
        var did = cluster.UserDids[0];
        cluster.Pds.Fault = request => request.Did == did && request.Method == ListRecords && request.Cursor is not null
            ? PdsFault.Edited(body => body["cursor"] = request.Cursor)
            : null;

        var run = await cluster.RunAsync(RunType.FullSync);

        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((did, "cursor_loop"), (error.Did, error.Kind));
        Assert.Equal(1, run.Counts.Failed);
    }

    [Fact]
    public async Task Sync_APdsThatLeadsInACircleOfTwo_IsGivenUpAndNamed()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.MaxAttempts = 2);
        var did = cluster.UserDids[0];
        var page = 0;
        cluster.Pds.Fault = request => request.Did == did && request.Method == ListRecords
            ? PdsFault.Json(Interlocked.Increment(ref page) % 2 == 0 ? Listing(did, "b", "3lzzzzzzzzzza") : Listing(did, "a", "3laaaaaaaaaaa"))
            : null;

        var run = await cluster.RunAsync(RunType.FullSync);

        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)), e => e.Kind == "cursor_loop");
        Assert.Equal((RunStatus.Completed, did), (run.Status, error.Did));
        Assert.InRange(page, 2, 100);
    }

    static string Listing(string did, string cursor, string rkey) =>
        $$$"""
        {"cursor":"{{{cursor}}}","records":[{"uri":"at://{{{did}}}/{{{ForumRecords.Membership}}}/{{{rkey}}}",
        "cid":"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a","value":{"x":1}}]}
        """;

    [Fact]
    public async Task GetState_OfARepository_SaysWhatTheRunCameTo()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var run = await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];

        var report = await cluster.RepoOf(user.Did).GetStateAsync();

        Assert.Equal((user.Did, user.Handle, "active", run.RunId, true), (report.Did, report.Handle, report.Status, report.RunId!.Value, report.IsSettled));
        Assert.Equal((6, user.Rev.Value), (report.Counts.Indexed, report.Rev));
    }
}
