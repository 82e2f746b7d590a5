using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A whole run on a PostgreSQL that cannot always write.</summary>
public class DatabaseTroubleTests
{
    [Fact]
    public async Task Run_WhileTheServersDiskIsFull_WaitsSaysSoOnceAndGoesOnByItself()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var cluster = await ForumCluster.StartAsync(kind: DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAsync(cluster.Database, PostgresErrorCodes.DiskFull, "> 0");
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });

        var told = await cluster.Log.FirstAsync("backfill.database_outage").WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(LogLevel.Error, told.Level);
        Assert.Contains("Free space on the server's disk.", told.Message, StringComparison.Ordinal);
        Assert.Equal(RunStatus.InProgress, (await cluster.Backfill.GetProgressAsync())!.Status);
        await PostgresFault.MendAsync(cluster.Database);

        await AssertWholeAsync(cluster, await cluster.EndOfAsync(start.RunId!.Value).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        Assert.Single(cluster.Log.Of("backfill.database_outage"));
        Assert.Single(cluster.Log.Of("backfill.database_back"));
    }

    /// <summary>Of every three inserts two, all through the run.</summary>
    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Run_ThroughConflictsAllTheWay_CompletesAndTroublesNobody(string state)
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var cluster = await ForumCluster.StartAsync(kind: DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAsync(cluster.Database, state, "% 3 <> 0");

        await AssertWholeAsync(cluster, await cluster.RunAsync(RunType.FullSync));

        Assert.InRange(await cluster.Database.NumberAsync("select last_value from faults"), 3, long.MaxValue);
        Assert.Empty(cluster.Log.Of("backfill.database_outage"));
    }

    static async Task AssertWholeAsync(ForumCluster cluster, RunProgress run)
    {
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(new SyncCounts { Indexed = cluster.Forum.RecordCount }, run.Counts with { Requests = 0, Bytes = 0 });
        Assert.Empty(await cluster.DifferencesAsync());
        Assert.Equal(0, await cluster.Database.NumberAsync("select count(*) from backfill_errors"));
    }
}
