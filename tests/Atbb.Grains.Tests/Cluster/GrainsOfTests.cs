using Atbb.Grains.Cluster;
using Atbb.Grains.Interfaces;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Atbb.Grains.Tests.Cluster;

public sealed class GrainsOfTests
{
    [Fact]
    public async Task Get_TheFirstKeyAndLaterOnes_IsTheReferenceThatOrleansGives()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(static (_, silo) => silo.Services.AddIndexMessages());
        builder.ConfigureClient(static client => client.Services.AddIndexMessages());
        await using var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        var factory = cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();
        var grains = new GrainsOf<IUserRepoGrain>(factory);

        foreach (var did in (string[])["did:plc:alice", "did:plc:bob", "did:web:example.com", "did:plc:alice"])
        {
            var (expected, actual) = ((GrainReference)factory.GetGrain<IUserRepoGrain>(did), (GrainReference)grains.Get(did));
            Assert.Equal((expected.GrainId, expected.InterfaceType, expected.InterfaceVersion), (actual.GrainId, actual.InterfaceType, actual.InterfaceVersion));
            Assert.Equal(did, actual.GetPrimaryKeyString());
        }
    }
}
