using Atbb.AtProto;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Atbb.Benchmarks;

/// <summary>
/// One repository through the grains: its pages over HTTP, decoded, mapped, written; the PDS stands in the same process. Read for the first time every record is
/// written, and read again none is.
/// </summary>
public class SyncRepository
{
    BenchmarkDatabase database = null!;
    SamplePds pds = null!;
    SampleForum forum = null!;
    SampleRepo newcomer = null!;
    int met;
    string forumDid = null!;
    InProcessTestCluster cluster = null!;

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
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await cluster.DisposeAsync();
        await pds.DisposeAsync();
        await database.DisposeAsync();
    }

    [IterationSetup(Target = nameof(FirstAsync))]
    public void Meet()
    {
        newcomer = forum.Users[++met];
        // Has the PDS write it now, and not while time is taken.
        newcomer.Records(SamplePage.Post);
    }

    /// <summary>Somebody else each time: every page is fetched, and every record gets a row.</summary>
    [Benchmark]
    public Task<RepoOutcome> FirstAsync() => SyncAsync(newcomer);

    /// <summary>The same one each time: every page is fetched, and no row is written, since all are there after the first time.</summary>
    [Benchmark]
    public Task<RepoOutcome> AgainAsync() => SyncAsync(forum.Users[0]);

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
}
