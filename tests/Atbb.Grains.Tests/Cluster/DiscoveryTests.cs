using System.Text.Json.Nodes;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Repositories that a full sync finds by itself: on relays, and in records.</summary>
public class DiscoveryTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string ListRepos = "com.atproto.sync.listReposByCollection";

    static void AssertExact(ForumCluster cluster, RunProgress run)
    {
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, run.Counts with { Requests = 0, Bytes = 0 });
        Assert.Equal((cluster.UserDids.Count + 1, cluster.UserDids.Count + 1), (run.DidsDone, run.DidsTotal));
    }

    static async Task<long> StartAsync(ForumCluster cluster, params IReadOnlyList<string> dids) =>
        (await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = dids })).RunId!.Value;

    static bool IsListing(PdsRequest request) => request.Method == ListRepos;

    static Task<long> FoundInAsync(ForumCluster cluster, int round) =>
        cluster.Database.NumberAsync($"select count(*) from repos where found_in_round = {round}");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task FullSync_OfAnEmptyIndexWithARelayAlone_MakesItWholeInOneRun(DatabaseKind kind)
    {
        // Nobody refers to anybody: the relay is all there is to go by.
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 7, PostsPerUser = 0, ModActions = 0 }, kind, relayed: _ => { });
        foreach (var user in cluster.Forum.Users.Skip(3))
            user.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"hello","createdAt":"2026-01-01T00:00:00Z"}""");

        var run = await cluster.EndOfAsync(await StartAsync(cluster));

        AssertExact(cluster, run);
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(
            [["space.atbb.membership", "completed", 7L], ["space.atbb.post", "completed", 4L]],
            await cluster.Database.QueryAsync("select collection, status, dids_listed from relay_listings order by collection"));
        Assert.Equal(7, await FoundInAsync(cluster, round: 1));
        // The relay lists the forum's own repository, too, while that is being read.
        Assert.Empty(cluster.Log.Of("backfill.stale_write"));
        // What was asked of the relay is in the books, with what was asked of the PDS and the directory.
        Assert.Equal(cluster.Relay.Log.Count + cluster.Pds.Log.Count, run.Counts.Requests);
    }

    [Fact]
    public async Task FullSync_ASecondTime_AsksTheRelayFromTheBeginningAndFindsNobody()
    {
        await using var cluster = await ForumCluster.StartAsync(relayed: _ => { });
        await cluster.EndOfAsync(await StartAsync(cluster));
        cluster.Relay.Log.Clear();

        var again = await cluster.EndOfAsync(await StartAsync(cluster));

        Assert.Equal(2, cluster.Relay.Log.Snapshot().Count(request => IsListing(request) && request.Cursor is null));
        Assert.Equal((cluster.UserDids.Count + 1, 0, 0), (again.DidsDone, again.Counts.Indexed, again.Counts.Failed));
        Assert.Equal(0, await cluster.Database.NumberAsync($"select count(*) from repos where found_by_run = {again.RunId}"));
    }

    [Fact]
    public async Task CatchUp_WithARelay_DoesNotAskIt()
    {
        await using var cluster = await ForumCluster.StartAsync(relayed: _ => { });

        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.CatchUp });
        var run = await cluster.EndOfAsync(start.RunId!.Value);

        Assert.Equal((1, 0), (run.DidsDone, cluster.Relay.Log.CountOf(ListRepos)));
    }

    [Fact]
    public async Task Relay_ThatAnswersLate_DelaysNobodyKnownAndWhoIsBelowTheFrontierIsStillRead()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 8, PostsPerUser = 0, ModActions = 0 }, relayed: options => options.MaxDelay = TimeSpan.FromHours(1));
        var released = new TaskCompletionSource();
        cluster.Relay.Fault = request => IsListing(request) ? PdsFault.HeldUntil(released.Task) : null;
        var last = cluster.UserDids.Max(StringComparer.Ordinal)!;

        var runId = await StartAsync(cluster, last);
        // The one that is listed and the forum's own account: both settled, and the relay has said nothing yet.
        var waiting = await cluster.UntilAsync(run => run.DidsDone == 2);
        Assert.Equal((RunStatus.InProgress, last), (waiting.Status, new[] { waiting.LowWaterMark!, last }.Max(StringComparer.Ordinal)));
        released.SetResult();

        AssertExact(cluster, await cluster.EndOfAsync(runId));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Single(cluster.Log.Of("backfill.relay_wait"));
    }

    [Theory]
    [InlineData("hang", "relay_unreachable")]
    [InlineData("down", "relay_unreachable")]
    [InlineData("busy", "relay_unreachable")]
    [InlineData("without the method", "relay_refused")]
    [InlineData("garbage", "relay_unreachable")]
    public async Task Relay_ThatFails_IsReportedAndTheRunCompletesWithoutIt(string how, string kind)
    {
        await using var cluster = await ForumCluster.StartAsync(
            configure: options => options.MaxAttempts = 2,
            // A hanging one is waited for no longer than this; the others have failed as often as they may long before.
            relayed: options => options.MaxDelay = how == "hang" ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromHours(1));
        cluster.Relay.Fault = how switch
        {
            "hang" => _ => PdsFault.Hang,
            "busy" => _ => PdsFault.Error(503, "Busy"),
            "without the method" => _ => PdsFault.Error(501, "MethodNotImplemented"),
            "garbage" => _ => PdsFault.Garbage,
            _ => null,
        };
        if (how == "down")
            await cluster.Relay.StopListeningAsync();

        var run = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids));

        AssertExact(cluster, run);
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Contains(cluster.Relay.Origin.Authority, run.LastError, StringComparison.Ordinal);
        // No repository has failed, and yet the run has errors to show, and a word on them for whoever would retry it.
        Assert.Single(cluster.Log.Of("backfill.completed_with_errors"));
        var retry = await cluster.Backfill.RetryAsync(run.RunId);
        Assert.Equal(StartOutcome.NotNeeded, retry.Outcome);
        Assert.Contains("the next full sync asks for again", retry.Message, StringComparison.Ordinal);
        Assert.Equal(2, cluster.Log.Of("backfill.relay_given_up").Count);
        var errors = await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId));
        Assert.Equal(["space.atbb.membership", "space.atbb.post"], errors.Select(error => error.Collection).Order());
        Assert.All(errors, error => Assert.Equal(
            (null, kind, cluster.Relay.Origin.GetLeftPart(UriPartial.Authority)), (error.Did, error.Kind, error.Uri)));
    }

    [Fact]
    public async Task Relay_ThatIsBehind_IsReportedAndIsNoError()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 5, PostsPerUser = 1, ModActions = 0 }, relayed: _ => { });
        // Its first page, of two, is its last.
        cluster.Relay.Fault = request => IsListing(request) && request.Collection == ForumRecords.Post ? PdsFault.Edited(page => page.Remove("cursor")) : null;

        var run = await cluster.EndOfAsync(await StartAsync(cluster, [.. cluster.UserDids]));

        AssertExact(cluster, run);
        Assert.Contains("names 2 repositories with space.atbb.post, and 5 are known", run.LastError, StringComparison.Ordinal);
        Assert.Empty(await cluster.Database.QueryAsync("select kind from backfill_errors"));

        cluster.Relay.Fault = null;
        Assert.Null((await cluster.EndOfAsync(await StartAsync(cluster))).LastError);
    }

    [Fact]
    public async Task Relay_ThatRecovers_IsAskedAgainAndLeavesNoError()
    {
        await using var cluster = await ForumCluster.StartAsync(relayed: _ => { });
        var asked = 0;
        cluster.Relay.Fault = request => IsListing(request) && Interlocked.Increment(ref asked) <= 4 ? PdsFault.Drop : null;

        var run = await cluster.EndOfAsync(await StartAsync(cluster));

        AssertExact(cluster, run);
        Assert.Empty(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal(4, cluster.Log.Of("backfill.relay_error").Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Relay_ThatLeadsInCircles_IsLeftAfterOneRound(bool empty)
    {
        await using var cluster = await ForumCluster.StartAsync(relayed: _ => { });
        cluster.Relay.Fault = request => IsListing(request)
            ? PdsFault.Edited(body =>
            {
                if (empty)
                    body["repos"] = new JsonArray();
                // To the third page, and from there back to the second.
                body["cursor"] = request.Cursor is "1-1" ? "1-3" : "1-1";
            })
            : null;

        var run = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids));

        AssertExact(cluster, run);
        Assert.All(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)), error => Assert.Equal("cursor_loop", error.Kind));
        Assert.Equal(2, cluster.Log.Of("backfill.relay_given_up").Count);
        Assert.Equal(empty ? 2 : 6, cluster.Relay.Log.CountOf(ListRepos));
    }

    [Fact]
    public async Task Relay_ThatListsTooManyAndTooFew_CostsAReadingEachAndMakesNoUser()
    {
        // Nobody refers to anybody.
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 4, PostsPerUser = 0, ModActions = 0 }, relayed: _ => { });
        var silent = new SampleRepo("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "silent.test");
        var stranger = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";
        cluster.Pds.Host(silent);
        cluster.Relay.Fault = request => IsListing(request)
            ? PdsFault.Json($$"""{"repos":[{"did":"{{silent.Did}}"},{"did":"{{stranger}}"},{"did":"nobody"},{"did":"{{cluster.UserDids[0]}}"},{"did":"{{silent.Did}}"}]}""")
            : null;

        var run = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids[1]));

        Assert.Equal((RunStatus.Completed, 5, 0), (run.Status, run.DidsDone, run.Counts.Failed));
        Assert.Empty(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        // Whom the relay did not list and nobody knows is not there; nothing else is missing, and nobody is too much.
        Assert.Equal(2, (await cluster.DifferencesAsync()).Count(difference => difference.StartsWith("missing", StringComparison.Ordinal)));
        Assert.Equal(0, await cluster.Database.NumberAsync($"select count(*) from users where did in ('{silent.Did}', '{stranger}')"));
        Assert.Equal(1, await cluster.Database.NumberAsync("select max(dids_skipped) from relay_listings"));

        // The relay names it again, and nobody looks it up again.
        cluster.Pds.Log.Clear();
        var again = await cluster.EndOfAsync(await StartAsync(cluster));
        Assert.Equal((4, 0), (again.DidsDone, cluster.Pds.Log.Snapshot().Count(request => request.Target.Contains(stranger, StringComparison.Ordinal))));

        // Listed by somebody, it is an error that it does not exist.
        var listed = await cluster.EndOfAsync(await StartAsync(cluster, stranger));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(listed.RunId)));
        Assert.Equal((stranger, "not_found", 5), (error.Did, error.Kind, listed.DidsDone));
    }

    [Fact]
    public async Task Relay_ThatNamesMoreThanAllowed_IsReportedAndGoneOnWithByTheNextRun()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 8, PostsPerUser = 0, ModActions = 0 }, relayed: options => (options.MaxFound, options.Collections) = (3, ["space.atbb.membership"]));

        var run = await cluster.EndOfAsync(await StartAsync(cluster));

        // A page has two.
        Assert.Equal((RunStatus.Completed, 5), (run.Status, run.DidsDone));
        Assert.Equal("too_many_found", Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId))).Kind);
        Assert.Contains("MaxFound", run.LastError, StringComparison.Ordinal);

        await cluster.EndOfAsync(await StartAsync(cluster));
        await cluster.EndOfAsync(await StartAsync(cluster));
        Assert.Empty(await cluster.DifferencesAsync());
        // Read to its end at last: nothing is left of the errors before.
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Fact]
    public async Task Records_ThatNameMoreThanAllowed_AreReported()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 3, PostsPerUser = 0, ModActions = 0 }, configure: LookNoEarlier, relayed: options => (options.Relays, options.MaxRounds, options.MaxFound) = ([], 1, 2));
        foreach (var name in new[] { "a", "b", "c" })
        {
            var topic = $$"""{"uri":"at://did:plc:{{new string(name[0], 24)}}/space.atbb.post/1","cid":"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"}""";
            cluster.Forum.Users[0].Put(
                ForumRecords.Post, name, $$$"""{"$type":"space.atbb.post","text":"reply","createdAt":"2026-01-01T00:00:00Z","reply":{"root":{{{topic}}},"parent":{{{topic}}}}}""");
        }

        var run = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids));

        Assert.Equal((RunStatus.Completed, 6, 0), (run.Status, run.DidsDone, run.Counts.Failed));
        Assert.Single(cluster.Log.Of("backfill.too_many_found"));
    }

    /// <summary>A name that a record has made up, with a host that is not there: an error once, and then a question in each run and no more.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:1", "unreachable")]
    [InlineData("ftp://127.0.0.1", "bad_did_document")]
    public async Task FullSync_OfANameThatWasNeverReadable_SaysSoOnceAndAsksOnceInEachLaterRun(string host, string kind)
    {
        const string invented = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 3, PostsPerUser = 0, ModActions = 0 }, configure: options => options.MaxAttempts = 3, relayed: options => options.Relays = []);
        cluster.Pds.Plc.SetDocument(invented, SamplePlc.DocumentOf(invented, "nobody.test", new Uri(host)));
        cluster.Forum.Forum.Put(
            ForumRecords.ModAction, "3zzzzzzzzzzzz", $$$"""{"$type":"space.atbb.modAction","action":"ban","subject":{"did":"{{{invented}}}"},"createdAt":"2026-01-01T00:00:00Z"}""");

        var first = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(first.RunId)));
        Assert.Equal((invented, kind, 1), (error.Did, error.Kind, first.Counts.Failed));

        for (var i = 0; i < 2; i++)
        {
            var waits = cluster.Log.Of("backfill.pds_error").Count;
            var later = await cluster.EndOfAsync(await StartAsync(cluster));
            Assert.Equal((RunStatus.Completed, 0, 5), (later.Status, later.Counts.Failed, later.DidsDone));
            Assert.Equal(waits, cluster.Log.Of("backfill.pds_error").Count);
        }

        Assert.Equal(1, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));

        // There at last, it is read, and nothing is left of the error.
        var repo = new SampleRepo(invented, "nobody.test");
        repo.Put(ForumRecords.Post, "topic", """{"$type":"space.atbb.post","text":"here I am","createdAt":"2026-01-01T00:00:00Z"}""");
        cluster.Pds.Host(repo);
        Assert.Equal(1, (await cluster.EndOfAsync(await StartAsync(cluster))).Counts.Indexed);
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Activation_LostWhileTheRelayIsRead_AsksForOnePageOfEachListingAgain(int pages)
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 9, PostsPerUser = 2 }, relayed: options => options.MaxDelay = TimeSpan.FromHours(1));
        var released = new TaskCompletionSource();
        var answered = 0;
        cluster.Relay.Fault = request => IsListing(request) && Interlocked.Increment(ref answered) > pages ? PdsFault.HeldUntil(released.Task) : null;
        var runId = await StartAsync(cluster, cluster.UserDids.Max(StringComparer.Ordinal)!);
        await cluster.Relay.Log.ArrivedAsync(pages + 1, IsListing, CancellationToken.None);

        await cluster.DeactivateAsync(cluster.Backfill);
        released.SetResult();
        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        var run = await cluster.EndOfAsync(runId);

        AssertExact(cluster, run);
        Assert.Empty(await cluster.DifferencesAsync());
        var repeated = cluster.Relay.Log.Snapshot().Where(IsListing).GroupBy(request => (request.Collection, request.Cursor)).Where(page => page.Count() > 1).ToList();
        Assert.All(repeated, page => Assert.Equal(2, page.Count()));
        Assert.InRange(repeated.Count, 1, 2);
        Assert.Distinct(repeated.Select(page => page.Key.Collection));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(12, false)]
    [InlineData(12, true)]
    [InlineData(25, false)]
    [InlineData(33, true)]
    public async Task Run_InterruptedInALaterRound_CountsEverythingOnce(int pages, bool pause)
    {
        // The forum's own repository and one user's are read in round 0; the pages are those of the rounds after it.
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 12, PostsPerUser = 10, ExtraPostsOfFirstUser = 500 }, relayed: _ => { });
        var released = new TaskCompletionSource();
        var answered = 0;
        var later = false;
        cluster.Pds.Fault = request => Volatile.Read(ref later) && request.Method == ListRecords && Interlocked.Increment(ref answered) > pages
            ? PdsFault.HeldUntil(released.Task)
            : null;
        var relay = new TaskCompletionSource();
        cluster.Relay.Fault = request => IsListing(request) ? PdsFault.HeldUntil(relay.Task) : null;
        var runId = await StartAsync(cluster);
        await cluster.UntilAsync(run => run.DidsDone == 1);
        cluster.Pds.Log.Clear();
        Volatile.Write(ref later, true);
        relay.SetResult();
        await cluster.Pds.Log.ArrivedAsync(pages + 1, request => request.Method == ListRecords, CancellationToken.None);

        if (pause)
            Assert.Equal(RunStatus.Paused, (await cluster.Backfill.PauseAsync(runId))!.Status);
        await cluster.DeactivateAsync(cluster.Backfill);
        released.SetResult();
        await cluster.Backfill.ResumeAsync(runId);

        AssertExact(cluster, await cluster.EndOfAsync(runId));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Silo_KilledWhileTheRelayIsRead_TheOtherGoesOnAndCountsEverythingOnce()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 12, PostsPerUser = 3 }, DatabaseKind.PostgreSql, silos: 2, relayed: _ => { });
        var released = new TaskCompletionSource();
        var answered = 0;
        cluster.Relay.Fault = request => IsListing(request) && Interlocked.Increment(ref answered) > 6 ? PdsFault.HeldUntil(released.Task) : null;
        var runId = await StartAsync(cluster);
        await cluster.Relay.Log.ArrivedAsync(7, IsListing, CancellationToken.None);

        await cluster.KillSiloOfAsync(cluster.Backfill);
        released.SetResult();

        await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
        AssertExact(cluster, await cluster.EndOfAsync(runId));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    // A round that is begun before the one before it has ended, because somebody is slow, is one more than are allowed.
    static void LookNoEarlier(BackfillOptions options) => options.CheckpointInterval = TimeSpan.FromHours(1);

    /// <summary>One account is known; its reply leads to the next one, and so on.</summary>
    static void WriteAChain(SampleForum forum)
    {
        for (var i = 0; i < forum.Users.Count; i++)
        {
            var topic = $"at://{forum.Users[(i + 1) % forum.Users.Count].Did}/{ForumRecords.Post}/topic";
            var to = $$"""{"uri":"{{topic}}","cid":"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"}""";
            forum.Users[i].Put(ForumRecords.Post, "topic", """{"$type":"space.atbb.post","text":"topic","createdAt":"2026-01-01T00:00:00Z"}""");
            forum.Users[i].Put(
                ForumRecords.Post, "u-reply", $$$"""{"$type":"space.atbb.post","text":"reply","createdAt":"2026-01-01T00:00:00Z","reply":{"root":{{{to}}},"parent":{{{to}}}}}""");
        }
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(2, 3)]
    [InlineData(0, 1)]
    public async Task FullSync_OfRecordsThatNameOthers_FollowsThemAsManyRoundsAsAllowed(int rounds, int users)
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 5, PostsPerUser = 0, ModActions = 0 },
            configure: LookNoEarlier,
            relayed: options => (options.Relays, options.MaxRounds) = ([], rounds));
        WriteAChain(cluster.Forum);

        var run = await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids[0]));

        Assert.Equal((RunStatus.Completed, users + 1, users + 1, 0), (run.Status, run.DidsDone, run.DidsTotal, run.Counts.Failed));
        // A membership, a topic and a reply each.
        Assert.Equal((5 - users) * 3, (await cluster.DifferencesAsync()).Count);
        Assert.Equal(Math.Min(rounds, 4), cluster.Log.Of("backfill.round").Count);
    }

    /// <summary>One host is down for as long as it takes, and the others' records name ever new accounts: none of those waits for it.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, false)]
    [InlineData(DatabaseKind.Sqlite, true)]
    [InlineData(DatabaseKind.PostgreSql, true)]
    public async Task FullSync_WhoeverIsFoundWhileAHostIsDown_IsReadBeforeItIsUpAndCountedOnce(DatabaseKind kind, bool interrupted)
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 5, PostsPerUser = 0, ModActions = 0 },
            kind,
            configure: options => (options.MaxAttempts, options.RetryMaxDelay) = (100_000, TimeSpan.FromMilliseconds(100)),
            relayed: options => options.Relays = []);
        await using var down = await SamplePds.StartAsync(cluster.Pds.Plc);
        down.Host(cluster.Forum.Users[4]);
        down.Fault = _ => PdsFault.Error(503, "Down");
        WriteAChain(cluster.Forum);

        var runId = await StartAsync(cluster, cluster.UserDids[0], cluster.UserDids[4]);
        var rest = await cluster.UntilAsync(run => run.DidsDone == 5);
        Assert.Equal((1, 6), (rest.InFlight + rest.Deferred, rest.DidsTotal));
        if (interrupted)
        {
            await cluster.DeactivateAsync(cluster.Backfill);
            await cluster.Backfill.WakeUpAsync(startIfNeeded: false);
            await cluster.UntilAsync(run => run.DidsDone == 5);
        }

        down.Fault = null;
        AssertExact(cluster, await cluster.EndOfAsync(runId));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task FullSync_WhatTheRoundsLeftOver_IsGoneOnWithByTheNext()
    {
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 5, PostsPerUser = 0, ModActions = 0 },
            relayed: options => (options.Relays, options.MaxRounds) = ([], 2));
        WriteAChain(cluster.Forum);
        await cluster.EndOfAsync(await StartAsync(cluster, cluster.UserDids[0]));

        await cluster.EndOfAsync(await StartAsync(cluster));

        Assert.Empty(await cluster.DifferencesAsync());
    }
}
