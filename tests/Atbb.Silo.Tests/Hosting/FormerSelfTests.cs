using System.Net;
using System.Net.Sockets;
using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Testing;

namespace Atbb.Silo.Tests.Hosting;

public sealed class FormerSelfTests
{
    static readonly SiloIdentity Self = new("127.0.0.1", SiloPorts.FirstFree(24_000), 1_000);

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1, SiloStatus.Dead, false, false)]
    [InlineData(0, SiloStatus.Dead, true, false)]
    // Orleans takes it for this silo's own.
    [InlineData(0, SiloStatus.Active, false, false)]
    [InlineData(1, SiloStatus.Dead, true, true)]
    [InlineData(1, SiloStatus.Active, true, true)]
    public async Task StartingAsync_AnEntryOfItsAddress_GoesIfItWouldEndThisOne(int later, SiloStatus status, bool goes, bool isSaid)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var entry = Self with { Generation = Self.Generation + later };
        await EnterAsync(database, entry, status);
        await EnterAsync(database, entry with { Port = Self.Port + 1 }, status);
        await EnterAsync(database, entry with { Address = "127.0.0.2", Port = Self.Port + 2 }, status);
        await EnterAsync(database, entry with { Port = Self.Port + 3 }, status, "another cluster");

        var log = await StartAsync(database);

        int[] others = [Self.Port + 1, Self.Port + 2, Self.Port + 3];
        Assert.Equal(goes ? others : [Self.Port, .. others], await PortsAsync(database));
        // By this the other silos notice.
        Assert.Equal([[goes ? 1 : 0]], await database.QueryAsync("select Version from OrleansMembershipVersionTable where DeploymentId = 'atbb'"));
        Assert.Equal(isSaid ? 1 : 0, log.Collector.Count);
    }

    [Fact]
    public async Task StartingAsync_SomebodyListensAtItsPort_LeavesTheEntryOfWhoLives()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        using var living = new TcpListener(IPAddress.Loopback, SiloPorts.FirstFree(Self.Port + 10));
        living.Start();
        var self = Self with { Port = ((IPEndPoint)living.LocalEndpoint).Port };
        await EnterAsync(database, self with { Generation = self.Generation + 1 }, SiloStatus.Active);
        await EnterAsync(database, self, SiloStatus.Dead);

        await StartAsync(database, self);

        Assert.Equal([self.Port, self.Port], await PortsAsync(database));
    }

    static async Task<FakeLogger<FormerSelf>> StartAsync(TestDatabase database, SiloIdentity? self = null)
    {
        var log = new FakeLogger<FormerSelf>();
        await new FormerSelf(database.Index, self ?? Self, new AtbbSettings(), log).StartingAsync(Ends);
        return log;
    }

    static async Task<IEnumerable<int>> PortsAsync(TestDatabase database) =>
        (await database.QueryAsync("select Port from OrleansMembershipTable order by Port")).Select(static row => (int)row[0]!);

    static async Task EnterAsync(TestDatabase database, SiloIdentity silo, SiloStatus status, string cluster = "atbb")
    {
        await database.ExecuteAsync($"insert into OrleansMembershipVersionTable (DeploymentId) values ('{cluster}') on conflict do nothing");
        await database.EnterSiloAsync(silo, (int)status, cluster);
    }
}
