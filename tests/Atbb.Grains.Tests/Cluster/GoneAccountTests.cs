using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Accounts that are deleted, lost, or elsewhere: whose rows go, and whose stay.</summary>
public class GoneAccountTests
{
    const string GetLatestCommit = "com.atproto.sync.getLatestCommit";
    const string GetRepoStatus = "com.atproto.sync.getRepoStatus";
    const string ListRepos = "com.atproto.sync.listRepos";

    // So that each repository is asked about alone, and the fault at its own methods is met.
    static readonly PdsFault NoListing = PdsFault.Error(501, "MethodNotImplemented");

    /// <summary>The PDS does not know a repository's commit, and says of its status what it says.</summary>
    static void Deny(SamplePds pds, string did, PdsFault status) =>
        pds.Fault = request => request.Method == ListRepos ? NoListing : request.Did != did ? null : request.Method switch
        {
            GetLatestCommit => PdsFault.Error(400, "RepoNotFound"),
            GetRepoStatus => status,
            _ => null,
        };

    static async Task<(object? User, object? Repo, object? Rows)> StateAsync(ForumCluster cluster, string did) => (
        await cluster.Database.ScalarAsync($"select status from users where did = '{did}'"),
        await cluster.Database.ScalarAsync($"select status from repos where did = '{did}'"),
        await cluster.Database.ScalarAsync($"select (select count(*) from posts where did = '{did}') + (select count(*) from memberships where did = '{did}')"));

    [Fact]
    public async Task Sync_AnAccountDeletedOnItsPds_LosesItsRowsInOneRunAndIsNoFailure()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var gone = cluster.Forum.Users[0];
        cluster.Pds.SetState(gone.Did, AccountState.Deleted);
        cluster.Pds.Log.Clear();

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 6, 0), (run.Status, run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(("deleted", "deleted", 0L), await StateAsync(cluster, gone.Did));
        Assert.Empty(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        // Denied, and denied again.
        Assert.Equal(2, cluster.Pds.Log.Snapshot().Count(request => request.Method == GetRepoStatus && request.Did == gone.Did));

        // Known to be gone: no failure and nothing to wait for in later runs either.
        var next = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((0, 0), (next.Counts.Deleted, next.Counts.Failed));

        // A PDS that had lost its database has it again: everything comes back.
        cluster.Pds.SetState(gone.Did, AccountState.Active);
        var back = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal(6, back.Counts.Indexed);
        Assert.Equal(("active", "active", 6L), await StateAsync(cluster, gone.Did));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task CatchUp_AnAccountThatHadNothingWhenItWasRead_IsReadWhenItWrites()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var shy = cluster.Forum.Users[0];
        foreach (var collection in shy.Collections)
            foreach (var record in shy.Records(collection))
                shy.Delete(collection, record.Rkey);
        await cluster.RunAsync(RunType.FullSync);
        Assert.Equal((null, "active", 0L), await StateAsync(cluster, shy.Did));
        shy.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"at last","createdAt":"2026-01-01T00:00:00Z"}""");

        Assert.Equal(1, (await cluster.RunAsync(RunType.CatchUp)).Counts.Indexed);
        Assert.Equal(("active", "active", 1L), await StateAsync(cluster, shy.Did));
    }

    /// <summary>It has no row in the table of users, and nothing says that it is missing.</summary>
    [Theory]
    [InlineData(AccountState.Deactivated, "deactivated")]
    [InlineData(AccountState.TakenDown, "takendown")]
    [InlineData(AccountState.Suspended, "suspended")]
    public async Task CatchUp_AnAccountThatWasSwitchedOffBeforeItWasEverRead_IsReadWhenItIsBack(AccountState state, string status)
    {
        await using var cluster = await ForumCluster.StartAsync();
        var away = cluster.Forum.Users[0];
        cluster.Pds.SetState(away.Did, state);
        await cluster.RunAsync(RunType.FullSync);
        Assert.Equal((null, status, 0L), await StateAsync(cluster, away.Did));

        var still = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((RunStatus.Completed, 0, 0, still.DidsTotal), (still.Status, still.Counts.Records, still.Counts.Failed, still.DidsDone));

        cluster.Pds.SetState(away.Did, AccountState.Active);
        var back = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 6, 0), (back.Status, back.Counts.Indexed, back.Counts.Failed));
        Assert.Equal(("active", "active", 6L), await StateAsync(cluster, away.Did));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Sync_APdsThatForgetsAnAccountForAMoment_LosesNothing()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        var denied = 0;
        cluster.Pds.Fault = request => request.Did == user.Did && request.Method is GetLatestCommit or GetRepoStatus && Interlocked.Increment(ref denied) <= 2
            ? PdsFault.Error(400, "RepoNotFound")
            : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0, 0), (run.Status, run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(("active", "active", 6L), await StateAsync(cluster, user.Did));
    }

    /// <summary>As a PDS does of whose machines one has lost its data: each denial after a page is the first.</summary>
    [Fact]
    public async Task Sync_APdsThatForgetsAnAccountAgainAfterItHasShownAPage_LosesNothing()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        user.Put(ForumRecords.Post, user.Records(ForumRecords.Post)[0].Rkey, """{"$type":"space.atbb.post","text":"again","createdAt":"2026-01-01T00:00:00Z"}""");
        var (atFirst, onTheWay) = (0, 0);
        cluster.Pds.Fault = request => request switch
        {
            _ when request.Did != user.Did => request.Method == ListRepos ? NoListing : null,
            { Method: GetLatestCommit } or { Method: GetRepoStatus } when Interlocked.Increment(ref atFirst) <= 2 => PdsFault.Error(400, "RepoNotFound"),
            { Collection: ForumRecords.Post, Cursor: not null } when Volatile.Read(ref onTheWay) == 0 => PdsFault.Error(400, "RepoNotFound"),
            // Asked once more, after the DID document.
            { Method: GetRepoStatus } when Interlocked.Increment(ref onTheWay) == 1 => PdsFault.Error(400, "RepoNotFound"),
            _ => null,
        };

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 1, 0, 0), (run.Status, run.Counts.Updated, run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(2, cluster.Pds.Log.Snapshot().Count(request => request.Method == GetRepoStatus && request.Did == user.Did));
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Fact]
    public async Task Sync_APdsThatSaysDeleted_IsBelievedAtOnce()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var gone = cluster.Forum.Users[0];
        Deny(cluster.Pds, gone.Did, PdsFault.Json($$"""{"did":"{{gone.Did}}","active":false,"status":"deleted"}"""));
        cluster.Pds.Log.Clear();

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((6, 0), (run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(1, cluster.Pds.Log.Snapshot().Count(request => request.Method == GetLatestCommit && request.Did == gone.Did));
    }

    [Fact]
    public async Task Sync_APdsWithoutGetRepoStatus_IsNotEnoughToRemoveRows()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        Deny(cluster.Pds, user.Did, PdsFault.Error(501, "MethodNotImplemented"));

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((0, 1), (run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(("notfound", "notfound", 6L), await StateAsync(cluster, user.Did));
        Assert.Equal("not_found", Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId))).Kind);
    }

    [Fact]
    public async Task Sync_ANewPdsThatHasNeverHadTheAccount_KeepsItsRows()
    {
        await using var cluster = await ForumCluster.StartAsync();
        await cluster.RunAsync(RunType.FullSync);
        await using var empty = await SamplePds.StartAsync(cluster.Pds.Plc);
        var user = cluster.Forum.Users[0];
        cluster.Pds.SetState(user.Did, AccountState.Deleted);
        cluster.Pds.Plc.Register(user.Did, user.Handle, empty.Origin);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((0, 1), (run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(("notfound", "notfound", 6L), await StateAsync(cluster, user.Did));
    }

    [Fact]
    public async Task Sync_TheForumAtAConfiguredPdsThatDoesNotHaveIt_RemovesNothing()
    {
        // The one that is configured is not the account's own: whatever it says, the DID document names another.
        await using var wrong = await SamplePds.StartAsync();
        await using var cluster = await ForumCluster.StartAsync(configuredPds: wrong.Origin);
        wrong.Host(cluster.Forum.Forum);
        await cluster.RunAsync(RunType.FullSync);
        Assert.Empty(await cluster.DifferencesAsync());
        wrong.SetState(cluster.Forum.Forum.Did, AccountState.Deleted);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Deleted));
        Assert.True(run.Counts.Failed > 0, "the operator is told");
        Assert.Empty(await cluster.DifferencesAsync());
    }

    [Theory]
    [InlineData(AccountState.Deactivated)]
    [InlineData(AccountState.TakenDown)]
    [InlineData(AccountState.Deleted)]
    public async Task Sync_AnAccountThatMovesInTheMiddleOfAPass_GoesOnAtItsNewPdsAndLosesNoRow(AccountState leftBehind)
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        await using var newHome = await SamplePds.StartAsync(cluster.Pds.Plc);
        var moving = cluster.Forum.Users[0];
        var moved = 0;
        cluster.Pds.BeforeAnswer = request =>
        {
            if (request.Did == moving.Did && request.Collection == ForumRecords.Post && request.Cursor is not null && Interlocked.Exchange(ref moved, 1) == 0)
            {
                cluster.Pds.Move(moving.Did, newHome);
                cluster.Pds.SetState(moving.Did, leftBehind);
            }

            return Task.CompletedTask;
        };

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal(
            (RunStatus.Completed, cluster.Forum.RecordCount, 0, 0, 0),
            (run.Status, run.Counts.Indexed, run.Counts.Updated, run.Counts.Deleted, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal("active", (await StateAsync(cluster, moving.Did)).User);
        Assert.Single(cluster.Log.Of("backfill.repo_moved"));
    }

    /// <summary>Each PDS is good for a page, which makes every failure before it forgotten.</summary>
    [Fact]
    public async Task Sync_AnAccountThatMovesAfterEachPage_IsGivenUpWithAnErrorAndEverythingElseIsRead()
    {
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 3, PostsPerUser = 4, ExtraPostsOfFirstUser = 250 });
        await using var other = await SamplePds.StartAsync(cluster.Pds.Plc);
        var restless = cluster.Forum.Users[0];
        other.Host(restless);
        Func<PdsRequest, PdsFault?> SendOnTo(SamplePds next) => request =>
        {
            if (request.Did != restless.Did || request.Collection != ForumRecords.Post || request.Cursor is null)
                return null;
            cluster.Pds.Plc.Register(restless.Did, restless.Handle, next.Origin);
            return PdsFault.Error(400, "RepoDeactivated");
        };
        (cluster.Pds.Fault, other.Fault) = (SendOnTo(other), SendOnTo(cluster.Pds));

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 1, 4), (run.Status, run.Counts.Failed, run.DidsDone));
        var error = Assert.Single(await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(run.RunId)));
        Assert.Equal((restless.Did, "keeps_moving"), (error.Did, error.Kind));
        Assert.Equal(3, cluster.Log.Of("backfill.repo_moved").Count);
        Assert.All(await cluster.DifferencesAsync(), difference => Assert.StartsWith($"missing: {restless.Did}/", difference, StringComparison.Ordinal));

        (cluster.Pds.Fault, other.Fault) = (null, null);
        Assert.Equal(0, (await cluster.RunAsync(RunType.CatchUp)).Counts.Failed);
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Fact]
    public async Task Sync_AnAccountDeletedBeforeItWasEverRead_IsNoFailure()
    {
        await using var cluster = await ForumCluster.StartAsync();
        var gone = cluster.Forum.Users[0];
        cluster.Pds.SetState(gone.Did, AccountState.Deleted);

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Equal("deleted", await cluster.Database.ScalarAsync($"select status from repos where did = '{gone.Did}'"));
    }

    /// <summary>One answer of 410 may be a directory's own fault: rows go when it says so a second time.</summary>
    [Theory]
    [InlineData(1, "active", 6)]
    [InlineData(2, "deleted", 0)]
    public async Task Sync_ADirectoryThatSaysGivenUp_IsBelievedWhenItSaysSoAgain(int times, string status, long rows)
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.IdentityMaxAge = TimeSpan.FromTicks(1));
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        var said = 0;
        cluster.Pds.Fault = request => request.Target == $"/{user.Did}" && Interlocked.Increment(ref said) <= times ? PdsFault.Error(410, "Gone") : null;

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((RunStatus.Completed, 6 - rows, 0), (run.Status, run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal((status, status, rows), await StateAsync(cluster, user.Did));
        Assert.Equal(2, said);
    }

    [Fact]
    public async Task Sync_ADirectoryThatDoesNotKnowTheAccount_KeepsItsRows()
    {
        await using var cluster = await ForumCluster.StartAsync(configure: options => options.IdentityMaxAge = TimeSpan.FromTicks(1));
        await cluster.RunAsync(RunType.FullSync);
        var user = cluster.Forum.Users[0];
        cluster.Pds.Plc.Forget(user.Did);

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal((0, 1), (run.Counts.Deleted, run.Counts.Failed));
        Assert.Equal(("notfound", "notfound", 6L), await StateAsync(cluster, user.Did));
    }
}
