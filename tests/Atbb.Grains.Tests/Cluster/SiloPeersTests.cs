using Atbb.AtProto.Politeness;
using Atbb.Grains.Cluster;
using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainDirectory;
using Orleans.Runtime.GrainDirectory;
using Orleans.TestingHost;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>What the silos of a cluster tell each other beside their grains.</summary>
public sealed class SiloPeersTests
{
    // A port that nobody listens on.
    static readonly DatabaseTarget Unreachable = DatabaseTarget.Parse("postgresql://nobody@127.0.0.1:1/none");
    static readonly Uri Host = new("https://pds.example");

    [Fact]
    public async Task TellOfPause_ByOneOfThree_IsHeldByTheOthersAlone()
    {
        await using var cluster = await DeployAsync();

        PeersOf(cluster, 0).TellOfPause(Host, TimeSpan.FromMinutes(5));

        var (second, third) = (PausesOf(cluster, 1), PausesOf(cluster, 2));
        Assert.Equal((Host, TimeSpan.FromMinutes(5)), await second.First.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Host, TimeSpan.FromMinutes(5)), await third.First.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.False(PausesOf(cluster, 0).First.Task.IsCompleted);
    }

    [Fact]
    public async Task ListHosts_OfThreeSilos_AreThoseOfAllTogether()
    {
        await using var cluster = await DeployAsync();

        var (hosts, silent) = await PeersOf(cluster, 1).ListHostsAsync(20);
        // They have two seconds, which a busy machine may take.
        for (var again = 0; silent > 0 && again < 10; again++)
            (hosts, silent) = await PeersOf(cluster, 1).ListHostsAsync(20);
        Assert.Equal(0, silent);

        Assert.Equal(new AskedHost("pds.example", 3, 6, 90, 7, TimeSpan.FromSeconds(5)), Assert.Single(hosts));
    }

    // That Orleans asks whatever is resolved here, the cluster of these tests does not show: it has a directory of its own. Three processes do.
    [Fact]
    public async Task DirectoryOf_TheIndexer_IsAnEmptyOneOnTheSpot()
    {
        await using var cluster = await DeployAsync();
        var services = cluster.Silos[0].ServiceProvider;
        var grains = services.GetRequiredService<IClusterManifestProvider>().LocalGrainManifest.Grains;
        var factory = services.GetRequiredService<IGrainFactory>();
        var (indexer, repo) = (factory.GetGrain<IIndexerGrain>(0).GetGrainId(), factory.GetGrain<IUserRepoGrain>("did:plc:alice").GetGrainId());
        var resolvers = services.GetServices<IGrainDirectoryResolver>().ToList();
        IGrainDirectory? DirectoryOf(GrainId grain) => resolvers.Select(it => it.TryResolveGrainDirectory(grain.Type, grains[grain.Type], out var directory) ? directory : null).FirstOrDefault(it => it is not null);

        Assert.Null(await Assert.IsType<NoDirectory>(DirectoryOf(indexer)).Lookup(indexer));
        Assert.Null(DirectoryOf(repo));
    }

    [Fact]
    public void Together_OfSeveral_AddsUpAndKeepsTheBusiest()
    {
        AskedHost[] one = [new("a", 1, 0, 5, null, default), new("b", 0, 9, 1, 40, TimeSpan.FromSeconds(3))];
        AskedHost[] two = [new("a", 2, 1, 5, 30, TimeSpan.FromSeconds(1)), new("c", 0, 0, 9, null, default)];

        Assert.Equal([new("b", 0, 9, 1, 40, TimeSpan.FromSeconds(3)), new("a", 3, 1, 10, 30, TimeSpan.FromSeconds(1))], AskedHost.Together([one, two], most: 2));
    }

    [Fact]
    public async Task HandOver_NobodyReachesTheDatabase_IsRefused()
    {
        await using var cluster = await DeployAsync();

        Assert.False(await PeersOf(cluster, 0).HandOverAsync(TimeSpan.FromSeconds(5), TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Equal(3, cluster.Silos.Count(silo => silo.IsActive));
    }

    static async Task<InProcessTestCluster> DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Services.AddSingleton<IHostPauses, Pauses>();
            host.Services.AddSingleton<IHostStates, States>();
            host.Services.AddIndexing(Unreachable);
        });
        builder.ConfigureSilo((_, silo) => silo.AddBackfillGrains().AddSiloPeers());
        builder.ConfigureClient(client => client.Services.AddIndexMessages());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        // It does not wait for each to have heard of all others.
        foreach (var silo in cluster.Silos)
            while (silo.ServiceProvider.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values.Count(static member => member.Status is SiloStatus.Active) < 3)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        return cluster;
    }

    static SiloPeers PeersOf(InProcessTestCluster cluster, int silo) => cluster.Silos[silo].ServiceProvider.GetRequiredService<SiloPeers>();

    static Pauses PausesOf(InProcessTestCluster cluster, int silo) => (Pauses)cluster.Silos[silo].ServiceProvider.GetRequiredService<IHostPauses>();

    sealed class Pauses : IHostPauses
    {
        public TaskCompletionSource<(Uri, TimeSpan)> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Hold(Uri host, TimeSpan length) => First.TrySetResult((host, length));
    }

    sealed class States : IHostStates
    {
        public IReadOnlyList<HostState> ListBusiest(int most) => [new("pds.example", 1, 2, 30, 7, TimeSpan.FromSeconds(5))];
    }
}
