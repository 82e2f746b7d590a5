using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class PolitenessOptionsTests
{
    [Theory]
    [InlineData(10, null, 8)]
    [InlineData(0.5, null, 8)]
    [InlineData(0, null, 224)]
    [InlineData(10, 3, 3)]
    [InlineData(0, 3, 3)]
    [InlineData(0, 0, 0)]
    public void Places_NotSet_GoWithThePace(double requestsPerSecond, int? set, int places) =>
        Assert.Equal(places, new PolitenessOptions { RequestsPerSecond = requestsPerSecond, ConcurrentRequests = set }.Places);

    [Theory]
    [InlineData(8, null, 16)]
    [InlineData(64, null, 128)]
    [InlineData(0, null, int.MaxValue)]
    [InlineData(int.MaxValue, null, int.MaxValue)]
    [InlineData(64, 5, 5)]
    public void MaxConnectionsPerServer_NotSet_GoesWithThePlaces(int places, int? set, int connections)
    {
        using var handler = GuardedHandler.Create(new NetworkOptions { MaxConnectionsPerServer = set }, places, new AddressGuard(new OwnNetwork(TimeProvider.System)));

        Assert.Equal(connections, handler.MaxConnectionsPerServer);
    }
}
