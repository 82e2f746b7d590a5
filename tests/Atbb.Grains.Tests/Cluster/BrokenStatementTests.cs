using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A statement that does not fit the tables is a bug: to wait for the database would be to wait without end.</summary>
public class BrokenStatementTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds => [.. TestDatabase.Kinds];

    /// <summary>Of the run's end, too, which writes error rows.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Run_ATableOfItsOwnDoesNotFit_FailsAndSaysWhich(DatabaseKind kind)
    {
        await using var cluster = await StartAsync(kind);
        await cluster.Database.ExecuteAsync("alter table backfill_errors rename to elsewhere");

        AssertFailed(cluster, await cluster.RunAsync(RunType.FullSync), "backfill_errors");

        Assert.Equal("failed", await cluster.Database.ScalarAsync("select status from backfill_progress"));
        await cluster.DeactivateAsync(cluster.Backfill);
        Assert.Equal(RunStatus.Failed, (await cluster.Backfill.GetProgressAsync())!.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Run_ItsRowCannotBeWrittenInItsMiddle_FailsAndIsShownAsFailed(DatabaseKind kind)
    {
        await using var cluster = await StartAsync(kind);
        var runId = await ComeToTheMiddleAsync(cluster);
        await cluster.Database.ExecuteAsync("alter table backfill_progress rename column records_indexed to elsewhere");

        AssertFailed(cluster, await cluster.EndOfAsync(runId), "records_indexed");

        Assert.NotEmpty(cluster.Log.Of("backfill.not_kept"));
        // Its state was written: the grain comes back with it, though it cannot write the row this time either.
        await cluster.DeactivateAsync(cluster.Backfill);
        Assert.Equal(RunStatus.Failed, (await cluster.Backfill.GetProgressAsync())!.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Run_ItsStateCannotBeWritten_FailsAndTheNextOneRunsOnceItIsMended(DatabaseKind kind)
    {
        await using var cluster = await StartAsync(kind);
        var runId = await ComeToTheMiddleAsync(cluster);
        await ExecuteInOrleansAsync(cluster, "alter table OrleansStorage rename to Elsewhere");

        AssertFailed(cluster, await cluster.EndOfAsync(runId), "orleansstorage");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync }));
        Assert.Contains("orleansstorage", refused.Message, StringComparison.OrdinalIgnoreCase);
        await ExecuteInOrleansAsync(cluster, "alter table Elsewhere rename to OrleansStorage");
        cluster.Pds.Latency = TimeSpan.Zero;
        Assert.Equal(RunStatus.Completed, (await cluster.RunAsync(RunType.FullSync)).Status);
        Assert.Equal("failed", await cluster.Database.ScalarAsync($"select status from backfill_progress where id = {runId}"));
    }

    static async Task<ForumCluster> StartAsync(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        return await ForumCluster.StartAsync(new() { Users = 40, PostsPerUser = 5 }, kind, configure: options => options.Concurrency = 1);
    }

    static async Task<long> ComeToTheMiddleAsync(ForumCluster cluster)
    {
        cluster.Pds.Latency = TimeSpan.FromMilliseconds(50);
        var start = await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        await cluster.UntilAsync(static run => run.DidsDone > 2);
        return start.RunId!.Value;
    }

    static async Task ExecuteInOrleansAsync(ForumCluster cluster, string sql)
    {
        await using var connection = await cluster.Database.Index.Orleans.OpenConnectionAsync(Ends);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Ends);
    }

    static void AssertFailed(ForumCluster cluster, RunProgress run, string named)
    {
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("refused a statement of this program", run.LastError, StringComparison.Ordinal);
        Assert.Contains(named, run.LastError, StringComparison.OrdinalIgnoreCase);
        var told = Assert.Single(cluster.Log.Of("backfill.failed"));
        Assert.Equal(LogLevel.Critical, told.Level);
        Assert.NotNull(told.Exception);
        Assert.Empty(cluster.Log.Of("backfill.database_outage"));
    }
}
