using System.Text;
using Atbb.AtProto;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Atbb.Benchmarks;

/// <summary>
/// One repository through the grains: its pages over HTTP, decoded, mapped, written; the PDS stands in the same process. Read for the first time every record is
/// written, and read again none is.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class SyncRepository
{
    BenchmarkDatabase database = null!;
    SamplePds pds = null!;
    SampleForum forum = null!;
    SampleRepo newcomer = null!;
    int met;
    string forumDid = null!;
    InProcessTestCluster cluster = null!;
    HttpClient http = null!;
    RowByRow rowByRow = null!;

    /// <summary>Posts of the repository.</summary>
    [Params(20, 1_000)]
    public int Posts { get; set; }

    /// <summary>The database.</summary>
    [Params(DatabaseKind.PostgreSql, DatabaseKind.Sqlite)]
    public DatabaseKind Database { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        // More members than a benchmark has iterations: each is new to the index once.
        forum = SampleForum.GenerateLazily(new SampleForumOptions { Users = 2_000, PostsPerUser = Posts }, 64 * 1024 * 1024);
        forumDid = forum.Forum.Did;
        pds = await SamplePds.StartAsync();
        pds.Log.Capacity = 1;
        forum.HostOn(pds);
        database = await BenchmarkDatabase.CreateAsync(Database);

        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Logging.ClearProviders();
            host.Services.AddSingleton(new Random(1));
            host.Services.AddAtProtoClient(options =>
            {
                options.PlcDirectory = pds.Origin;
                options.Network.AllowPrivateAddresses = true;
                options.Politeness.RequestsPerSecond = 0;
            });
            host.Services.AddIndexing(database.Index.Target);
            host.Services.Configure<ForumOptions>(options => options.Did = forumDid);
        });
        builder.ConfigureSilo((_, silo) => silo.AddBackfillStorage().AddBackfillGrains());
        builder.ConfigureClient(client => client.Services.AddIndexMessages());
        cluster = builder.Build();
        await cluster.DeployAsync();

        http = new HttpClient { BaseAddress = pds.Origin };
        rowByRow = await RowByRow.OpenAsync(database.Index);
        // The forum and the boards that posts name.
        await SyncAsync(forum.Forum);
        await CheckAsync();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        http.Dispose();
        await rowByRow.DisposeAsync();
        await cluster.DisposeAsync();
        await pds.DisposeAsync();
        await database.DisposeAsync();
    }

    [IterationSetup(Targets = [nameof(FirstAsync), nameof(FirstRowByRowAsync)])]
    public void Meet()
    {
        newcomer = forum.Users[++met];
        // Has the PDS write it now, and not while time is taken.
        newcomer.Records(SamplePage.Post);
    }

    /// <summary>Somebody else each time: every page is fetched, and every record gets a row.</summary>
    [Benchmark, BenchmarkCategory("first")]
    public Task<RepoOutcome> FirstAsync() => SyncAsync(newcomer);

    [Benchmark(Baseline = true), BenchmarkCategory("first")]
    public Task<int> FirstRowByRowAsync() => ReadRowByRowAsync(newcomer);

    /// <summary>The same one each time: every page is fetched, and no row is written, since all are there after the first time.</summary>
    [Benchmark, BenchmarkCategory("again")]
    public Task<RepoOutcome> AgainAsync() => SyncAsync(forum.Users[0]);

    [Benchmark(Baseline = true), BenchmarkCategory("again")]
    public Task<int> AgainRowByRowAsync() => ReadRowByRowAsync(forum.Users[0]);

    // In full and by hand.
    async Task<RepoOutcome> SyncAsync(SampleRepo user)
    {
        var repo = cluster.Client.GetGrain<IUserRepoGrain>(user.Did);
        RepoSlice slice;
        do
            slice = await repo.SyncNowAsync(forumDid);
        while (slice.Outcome is RepoOutcome.More);
        return slice.Outcome is RepoOutcome.Completed ? slice.Outcome : throw new InvalidOperationException($"It ended as {slice.Outcome}.");
    }

    // A plain loop, as a baseline: a page is fetched, read as a tree, written row by row. It does less: no DID document, no rev, no memberships, no cursors.
    async Task<int> ReadRowByRowAsync(SampleRepo user)
    {
        var touched = 0;
        string? cursor = null;
        do
        {
            var from = cursor is null ? "" : $"&cursor={cursor}";
            var body = await http.GetByteArrayAsync(new Uri($"xrpc/com.atproto.repo.listRecords?repo={user.Did}&collection={SamplePage.Post}&limit=100&reverse=true{from}", UriKind.Relative));
            (var records, cursor) = ObjectTree.Decode(body);
            touched += await rowByRow.WriteAsync(
                user.Did, [.. records.Select(record => new SourceRecord(record.Uri, record.Rkey, record.Cid, Encoding.UTF8.GetBytes(record.Json)))]);
        }
        while (cursor is not null);
        return touched;
    }

    // Both ways leave the same posts of a repository that the index has not.
    async Task CheckAsync()
    {
        var user = forum.Users[++met];
        await SyncAsync(user);
        var ours = await rowByRow.ReadAsync(user.Did);
        await rowByRow.RemoveAsync(user.Did);
        await ReadRowByRowAsync(user);
        Agreement.Require(ours, await rowByRow.ReadAsync(user.Did), Posts);
    }
}
