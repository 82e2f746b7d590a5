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
    [InlineData(-1, false, false)]
    [InlineData(0, true, false)]
    [InlineData(1, true, true)]
    public async Task StartingAsync_AnEntryOfItsAddress_GoesUnlessItIsOfBefore(int later, bool goes, bool isSaid)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var log = new FakeLogger<FormerSelf>();
        await EnterAsync(database, Self with { Generation = Self.Generation + later });
        await EnterAsync(database, Self with { Generation = Self.Generation + later, Port = Self.Port + 1 });

        await new FormerSelf(database.Index, Self, new AtbbSettings(), log).StartingAsync(Ends);

        object?[][] others = goes ? [[Self.Port + 1]] : [[Self.Port], [Self.Port + 1]];
        Assert.Equal(others, await database.QueryAsync("select Port from OrleansMembershipTable order by Port"));
        // By this the other silos notice.
        Assert.Equal([[goes ? 1 : 0]], await database.QueryAsync("select Version from OrleansMembershipVersionTable"));
        Assert.Equal(isSaid ? 1 : 0, log.Collector.Count);
    }

    static async Task EnterAsync(TestDatabase database, SiloIdentity silo)
    {
        await database.ExecuteAsync("insert into OrleansMembershipVersionTable (DeploymentId) values ('atbb') on conflict do nothing");
        await database.ExecuteAsync($"""
            insert into OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, StartTime, IAmAliveTime)
            values ('atbb', '{silo.Address}', {silo.Port}, {silo.Generation}, 'silo', 'host', 6, now(), now())
            """);
    }
}
