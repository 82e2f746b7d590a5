using Atbb.AtProto;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Discovery;
using Atbb.Grains.Runs;
using Atbb.Grains.Tests.Cluster;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Discovery;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Grains.Tests.Discovery;

public sealed class RelayReaderTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>As for a PDS: nothing was asked of it, and nothing has failed.</summary>
    [Fact]
    public async Task Read_TheTurnAtTheRelayHasNotCome_IsWaitedForAndCountsAsNoAttempt()
    {
        var time = new FakeTimeProvider();
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var relay = new Relay(call => call <= 3
            ? throw new AtProtoException(AtProtoFailure.RateLimited, "The turn has not come.") { RetryAt = time.GetUtcNow() + TimeSpan.FromSeconds(5) }
            : new RepoListPage([Did.Parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")], 0, null));
        var log = new LogMemory();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var trouble = new RunTrouble();
        var reader = new RelayReader(
            relay, new DiscoveryStore(database.Index, time), new DatabasePatience(new DatabaseOutage(time, NullLogger<DatabaseOutage>.Instance), time),
            Options.Create(new DiscoveryOptions { Relays = ["https://relay.example"], Collections = ["space.atbb.post"] }), Options.Create(new BackfillOptions { MaxAttempts = 1 }),
            time, new Random(1), loggers.CreateLogger<RelayReader>());

        var reading = reader.ReadAsync(runId: 1, round: 1, trouble, CancellationToken.None, Ends);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await reading;
        Assert.Equal((4, null), (relay.Calls, trouble.Last));
        Assert.Empty(log.Of("backfill.relay_error"));
        Assert.Equal(1, await database.NumberAsync("select count(*) from repos"));
    }

    sealed class Relay(Func<int, RepoListPage> answer) : IRelayClient
    {
        public int Calls { get; private set; }

        public async Task<RepoListPage> ListReposByCollectionAsync(Uri relay, Nsid collection, string? cursor, int limit, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return answer(++Calls);
        }
    }
}
