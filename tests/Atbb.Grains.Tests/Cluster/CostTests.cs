using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>What a run costs, in things that can be counted.</summary>
public class CostTests
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string GetLatestCommit = "com.atproto.sync.getLatestCommit";
    const string ListRepos = "com.atproto.sync.listRepos";
    const int Users = 30;

    static readonly SampleForumOptions Size = new() { Users = Users, PostsPerUser = 5 };

    [Fact]
    public async Task FullSync_KnownForum_AsksExactlySoMuch()
    {
        await using var cluster = await ForumCluster.StartAsync(Size);

        var run = await cluster.RunAsync(RunType.FullSync);
        await AnsweredAsync(cluster);

        Assert.Equal((long)cluster.Forum.RecordCount, run.Counts.Indexed);
        // Each of a member's two collections has a page, and an empty one that says it was the last; so have the forum's five, and the two that it has nothing in
        // have the empty one alone.
        Assert.Equal(2 * 2 * Users + 2 * 5 + 2, cluster.Pds.Log.CountOf(ListRecords));
        Assert.Equal(Users + 1, cluster.Pds.Log.CountOf(PdsRequest.DidDocument));
        AssertFewHeads(cluster);
        Assert.Equal(
            new[] { ListRecords, GetLatestCommit, ListRepos, PdsRequest.DidDocument }.Sum(cluster.Pds.Log.CountOf), cluster.Pds.Log.Count);
        Assert.Equal(cluster.Pds.Log.Bytes, run.Counts.Bytes);
        Assert.Equal(cluster.Pds.Log.Count, run.Counts.Requests);
    }

    /// <summary>Told to come back, a repository has asked and written nothing: what that cost is in the next page's books.</summary>
    [Fact]
    public async Task FullSync_AtTheHostsPace_CountsEveryRequest()
    {
        await using var cluster = await ForumCluster.StartAsync(
            Size, protocol: options => (options.Politeness.RequestsPerSecond, options.Politeness.MaxWait) = (100, TimeSpan.FromMilliseconds(50)));

        var run = await cluster.RunAsync(RunType.FullSync);
        await AnsweredAsync(cluster);

        Assert.Equal((long)cluster.Forum.RecordCount, run.Counts.Indexed);
        Assert.Equal((cluster.Pds.Log.Count, cluster.Pds.Log.Bytes), (run.Counts.Requests, run.Counts.Bytes));
    }

    // An answer may be read before the PDS has noted that it was given.
    static Task<PdsRequest> AnsweredAsync(ForumCluster cluster) =>
        cluster.Pds.Log.AnsweredAsync((int)cluster.Pds.Log.Count, _ => true, TestContext.Current.CancellationToken);

    [Fact]
    public async Task CatchUp_NothingChanged_AsksForRevsInBulkAndNothingElse()
    {
        await using var cluster = await ForumCluster.StartAsync(Size);
        await cluster.RunAsync(RunType.FullSync);
        cluster.Pds.Log.Clear();

        var run = await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(0, cluster.Pds.Log.CountOf(ListRecords));
        Assert.Equal(0, cluster.Pds.Log.CountOf(PdsRequest.DidDocument));
        AssertFewHeads(cluster);
        Assert.Equal(cluster.Pds.Log.CountOf(GetLatestCommit) + 1, cluster.Pds.Log.Count);
    }

    [Fact]
    public async Task CatchUp_NothingChanged_WritesNoRecordAndEachRepositoryOnce()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var cluster = await ForumCluster.StartAsync(Size, DatabaseKind.PostgreSql);
        await cluster.RunAsync(RunType.FullSync);
        var (rows, writes) = (await RowsAsync(cluster), await RepositoryWritesAsync(cluster));

        await cluster.RunAsync(RunType.CatchUp);

        Assert.Equal(rows, await RowsAsync(cluster));
        // The forum's own repository is settled in both phases, and the one for which the host was asked to list them all notes what that has cost. So does each of
        // those that were asked about alone, if the listing has settled it meanwhile.
        Assert.InRange(await RepositoryWritesAsync(cluster) - writes, 0, Users + 3L + HostListing.AskedAlone);
    }

    [Fact]
    public async Task FullSync_TenTimesTheRecordsOnAsManyPages_CostsNoStatementMore()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");

        var (few, many) = (await TrafficAsync(postsPerUser: 8), await TrafficAsync(postsPerUser: 80));

        AssertMore(few, many, transactions: 0, roundTrips: 0, statements: 0);
    }

    /// <summary>What a member costs is what two forums differ by, so that the start, the forum's own repository and the end fall out.</summary>
    [Fact]
    public async Task FullSync_MoreMembers_EachCostsTwoTransactionsAndSoManyStatements()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");

        var (few, many) = (await TrafficAsync(postsPerUser: 5), await TrafficAsync(postsPerUser: 5, members: 3 * Users));

        // One for each of the two collections.
        AssertMore(few, many, transactions: 2 * 2 * Users, roundTrips: 14 * 2 * Users, statements: 33 * 2 * Users);
    }

    /// <summary>The host's listing settles them by the page, and the index names them by the page.</summary>
    [Fact]
    public async Task CatchUp_NothingChangedOfMoreMembers_CostsNoStatementForEach()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");

        var (few, many) = (await TrafficOfACatchUpAsync(members: 220), await TrafficOfACatchUpAsync(members: 420));

        AssertMore(few, many, transactions: 0, roundTrips: 0, statements: 0);
    }

    // Of some 540 round trips and 1,150 statements six and four were by chance. One more for each of the 2,160 records, or of the 60 or 200 members, by which
    // the two forums differ would be that many.
    const int AllowedByChance = 30;

    static void AssertMore(PostgresTraffic few, PostgresTraffic many, long transactions, long roundTrips, long statements)
    {
        Assert.Equal(transactions, many.Transactions - few.Transactions);
        Assert.InRange(many.RoundTrips - few.RoundTrips, roundTrips - AllowedByChance, roundTrips + AllowedByChance);
        Assert.InRange(many.Statements - few.Statements, statements - AllowedByChance, statements + AllowedByChance);
    }

    // One repository at a time and no checkpoint between: how many pages share a transaction is chance, and so is how often a run saves its state.
    static void LeaveNothingToChance(BackfillOptions options) =>
        (options.Concurrency, options.CheckpointInterval, options.ListingPatience) = (1, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

    static Task<PostgresTraffic> TrafficAsync(int postsPerUser, int members = Users) =>
        TrafficAsync(Size with { Users = members, PostsPerUser = postsPerUser }, (_, meter) => Task.FromResult(meter.Traffic));

    static Task<PostgresTraffic> TrafficOfACatchUpAsync(int members) => TrafficAsync(Size with { Users = members, PostsPerUser = 1 }, async (cluster, meter) =>
    {
        meter.Clear();
        var run = await cluster.RunAsync(RunType.CatchUp);
        Assert.Equal((RunStatus.Completed, members + 1), (run.Status, run.DidsDone));
        return meter.Traffic;
    });

    /// <summary>What is counted after a full sync of a forum, or of what comes after it.</summary>
    static async Task<PostgresTraffic> TrafficAsync(SampleForumOptions size, Func<ForumCluster, PostgresMeter, Task<PostgresTraffic>> then)
    {
        PostgresMeter? meter = null;
        try
        {
            await using var cluster = await ForumCluster.StartAsync(
                size,
                DatabaseKind.PostgreSql,
                configure: LeaveNothingToChance,
                by: database => DatabaseTarget.Parse((meter = new PostgresMeter(database.Address)).Url));
            var run = await cluster.RunAsync(RunType.FullSync);
            Assert.Equal((long)cluster.Forum.RecordCount, run.Counts.Indexed);
            return await then(cluster, meter!);
        }
        finally
        {
            if (meter is not null)
                await meter.DisposeAsync();
        }
    }

    // The first four are asked about alone; the fifth begins the host's listing, of which one page names all 31.
    static void AssertFewHeads(ForumCluster cluster)
    {
        Assert.InRange(cluster.Pds.Log.CountOf(GetLatestCommit), 0, 4);
        Assert.Equal(1, cluster.Pds.Log.CountOf(ListRepos));
    }

    // Every version of a row bears the transaction that wrote it.
    static async Task<IReadOnlyList<string>> RowsAsync(ForumCluster cluster)
    {
        var rows = new List<string>();
        foreach (var table in CollectionCatalog.All.Select(collection => collection.Table).Append("users"))
            rows.AddRange((await cluster.Database.QueryAsync($"select did, xmin::text, ctid::text from {table} order by did, ctid")).Select(row => $"{table} {string.Join(' ', row)}"));
        return rows;
    }

    // Every write raises a repository's version.
    static Task<long> RepositoryWritesAsync(ForumCluster cluster) => cluster.Database.NumberAsync("select sum(version) from repos");
}
