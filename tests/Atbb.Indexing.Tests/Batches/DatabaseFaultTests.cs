using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>Faults of the database itself: nothing is counted twice, nothing is skipped, and the message says what an operator is to do.</summary>
public sealed class DatabaseFaultTests : IndexTests
{
    [Theory]
    [InlineData(CommitCut.BeforeTheServer)]
    [InlineData(CommitCut.BeforeTheAnswer)]
    public async Task WriteAsync_ConnectionLostInsideACommit_CountsOnceWhetherItWasDoneOrNot(CommitCut cut)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var proxy = new PostgresProxy(database.Address);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(proxy.Url), NullLoggerFactory.Instance);
        await using var store = new IndexStore(index, new IndexingOptions(), Time, NullLogger<IndexStore>.Instance);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);
        var batch = Batch(first.Next(), Post, Topic(Alice, "a"), Topic(Alice, "b"));

        proxy.CutNext(cut);
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.WriteAsync(batch, Token));
        Assert.Contains("Check that the server runs", error.Message, StringComparison.Ordinal);

        // As its caller would: the same again, which is refused where it was done after all.
        if (cut is CommitCut.BeforeTheAnswer)
            await WaitForAsync(database, "select count(*) from posts where rkey = 'b'", 1);
        var again = await store.WriteAsync(batch, Token);
        Assert.Equal(cut is CommitCut.BeforeTheAnswer, again.IsStale);
        Assert.Equal(new RepoCounts(2, 0, 1, 0, 0, 0, 0), (await Repos(database).LoadAsync(Alice, Token)).Counts);
        Assert.Equal([["a"], ["b"]], await database.QueryAsync("select rkey from posts order by rkey"));
    }

    [Fact]
    public async Task PingAsync_OfADatabaseThatIsSilent_WaitsNoLongerThanItIsTold()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var proxy = new PostgresProxy(database.Address);
        // For so long the driver tries to connect.
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(proxy.Url + "?Timeout=60"), NullLoggerFactory.Instance);
        await index.PingAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        proxy.Swallow();

        // With the last ones it is no longer asked: those before still wait.
        for (var i = 0; i < 6; i++)
        {
            var ping = index.PingAsync(TimeSpan.FromSeconds(5), Time, Token);
            Time.Advance(TimeSpan.FromSeconds(5));
            // The driver would wait for a minute.
            await Assert.ThrowsAsync<IndexUnavailableException>(() => ping.WaitAsync(TimeSpan.FromSeconds(45), Token));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AnswersAsync_OfADatabaseWhoseTablesWereTakenAway_ItDoes(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        await database.ExecuteAsync("drop table firehose_cursor");

        Assert.True(await database.Index.AnswersAsync(TimeSpan.FromMinutes(1), Time, Token));
    }

    [Fact]
    public async Task AnswersAsync_OfADatabaseThatIsAway_ItDoesNot()
    {
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse("postgresql://nobody@127.0.0.1:1/none"), NullLoggerFactory.Instance);

        Assert.False(await index.AnswersAsync(TimeSpan.FromMinutes(1), Time, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task QueryAsync_BreaksAsItsCallerGoes_IsCancelled(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        using var caller = new CancellationTokenSource();

        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => database.Index.QueryAsync<int>(async (_, _) =>
        {
            await caller.CancelAsync();
            throw new IOException("lost");
        }, caller.Token));

        Assert.IsType<IOException>(cancelled.InnerException);
    }

    /// <summary>The driver finds such a connection broken where nothing is written, if it is told to look.</summary>
    [Fact]
    public async Task WriteAsync_IdleConnectionsWereLost_OpensOthers()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(database.Address + "?Keepalive=1&ApplicationName=idle"), NullLoggerFactory.Instance);
        await using var store = new IndexStore(index, new IndexingOptions { PostgreSqlLanes = 1 }, Time, NullLogger<IndexStore>.Instance);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);

        Assert.Equal(1, await database.NumberAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'idle'"));
        // For longer than the driver takes to look.
        await Task.Delay(TimeSpan.FromSeconds(3), Token);

        Assert.Equal(1, (await WriteWhenThereAsync(store, Batch(first.Next(), Post, Topic(Alice, "a"), Topic(Alice, "b")))).Counts.Indexed);
    }

    // One that has not looked yet is told by the write, which its caller tries again.
    static async Task<BatchResult> WriteWhenThereAsync(IndexStore store, RecordBatch batch)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                return await store.WriteAsync(batch, limit.Token);
            }
            catch (IndexUnavailableException)
            {
                await Task.Delay(10, limit.Token);
            }
        }
    }

    [Fact]
    public async Task WriteAsync_TooManyClients_SaysSoAndGoesOnWhenThereIsRoom()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var role = "one_" + Guid.NewGuid().ToString("n");
        await database.ExecuteAsync($"create role {role} login password 'only' connection limit 1 in role postgres");
        var url = new UriBuilder(database.Address) { UserName = role, Password = "only" }.Uri.OriginalString;
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(url), NullLoggerFactory.Instance);
        await using var store = new IndexStore(index, new IndexingOptions { PostgreSqlLanes = 1 }, Time, NullLogger<IndexStore>.Instance);
        var batch = Batch(Repo(Alice), Post, Topic(Alice, "a"));
        await using (var other = new NpgsqlConnection(index.Target.ConnectionString + ";Pooling=false"))
        {
            await other.OpenAsync(Token);
            var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.WriteAsync(batch, Token));
            Assert.Equal(PostgresErrorCodes.TooManyConnections, Assert.IsType<PostgresException>(error.InnerException).SqlState);
            Assert.Contains("max_connections", error.Message, StringComparison.Ordinal);
        }

        // The server notices a moment later that its client has left.
        Assert.Equal(1, (await WriteWhenThereAsync(store, batch)).Counts.Indexed);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected, 1)]
    [InlineData(PostgresErrorCodes.DeadlockDetected, 4)]
    [InlineData(PostgresErrorCodes.SerializationFailure, 1)]
    [InlineData(PostgresErrorCodes.SerializationFailure, 4)]
    public async Task WriteAsync_AConflictAgainAndAgain_IsTriedAgainAndCountedOnce(string state, int times)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAsync(database, state, $"<= {times}");

        await AssertWrittenOnceAsync(database);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task WriteAsync_AConflictAtTheCommit_IsTriedAgainAndCountedOnce(string state)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAtCommitAsync(database, state, "<= 3");

        await AssertWrittenOnceAsync(database);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task WriteAsync_ConflictsWithoutEnd_IsUnavailableAndNoErrorRow(string state)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAsync(database, state, "> 0");

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(
            () => Store(database).WriteAsync(Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a")), Token));

        Assert.Contains("Another transaction was in the way", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull, "Free space on the server's disk")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "its rights on the tables back")]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "point DATABASE_URL at the primary")]
    [InlineData(PostgresErrorCodes.AdminShutdown, "restart, failover")]
    [InlineData("25P03", "stood still inside a transaction")]
    [InlineData("25P04", "transaction_timeout")]
    public async Task WriteAsync_ServerCannotWork_SaysWhatToDoKeepsNothingAndGoesOnAfterwards(string state, string advice)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await PostgresFault.RaiseAsync(database, state, "= 1");
        var store = Store(database);
        var batch = Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"));

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.WriteAsync(batch, Token));

        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.NumberAsync("select (select count(*) from repos) + (select count(*) from backfill_errors)"));
        Assert.Equal(1, (await store.WriteAsync(batch, Token)).Counts.Indexed);
    }

    [Fact]
    public async Task WriteAsync_FileLockedForLong_SaysSoAndGoesOnAfterwards()
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);
        var store = Store(database);
        var batch = Batch(Repo(Alice), Post, Topic(Alice, "a"));
        await using (var other = new SqliteConnection(database.Index.Target.ConnectionString))
        {
            await other.OpenAsync(Token);
            await using var hold = other.CreateCommand();
            hold.CommandText = "begin immediate";
            await hold.ExecuteNonQueryAsync(Token);
            var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.WriteAsync(batch, Token));
            Assert.Contains("Another process is writing to the file", error.Message, StringComparison.Ordinal);
            hold.CommandText = "rollback";
            await hold.ExecuteNonQueryAsync(Token);
        }

        Assert.Equal(1, (await store.WriteAsync(batch, Token)).Counts.Indexed);
    }

    [Fact]
    public async Task WriteAsync_DiskFull_SaysSoKeepsNothingAndGoesOnWhenThereIsSpace()
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);
        // The limit stays with the pooled connection, which is the one that the store is given next.
        await using (var connection = await database.Index.Index.OpenConnectionAsync(Token))
        {
            await using var fill = connection.CreateCommand();
            fill.CommandText = """
                create table ballast (bytes blob);
                insert into ballast values (zeroblob(20000000));
                """;
            await fill.ExecuteNonQueryAsync(Token);
            fill.CommandText = "pragma page_count";
            fill.CommandText = $"pragma max_page_count = {await fill.ExecuteScalarAsync(Token)}";
            await fill.ExecuteNonQueryAsync(Token);
        }

        var store = Store(database);
        var batch = Batch(Repo(Alice, run: 3), Post, [.. Enumerable.Range(0, 100).Select(i => Topic(Alice, $"r{i}", new string('x', 20_000)))]);
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.WriteAsync(batch, Token));
        Assert.Contains("Free space on the disk", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.NumberAsync("select (select count(*) from posts) + (select count(*) from repos) + (select count(*) from backfill_errors)"));

        await database.ExecuteAsync("drop table ballast");

        Assert.Equal(100, (await store.WriteAsync(batch, Token)).Counts.Indexed);
    }

    // Whatever was in the way on the way.
    async Task AssertWrittenOnceAsync(TestDatabase database)
    {
        var result = await Store(database).WriteAsync(Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"), Topic(Alice, "b")), Token);

        Assert.Equal(new RepoCounts(2, 0, 0, 0, 0, 0, 0), result.Counts);
        Assert.Equal(result.Counts, (await Repos(database).LoadAsync(Alice, Token)).Counts);
        Assert.Equal(2, await database.NumberAsync("select count(*) from posts"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from backfill_errors"));
    }

    static async Task WaitForAsync(TestDatabase database, string query, long number)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (await database.NumberAsync(query) != number)
            await Task.Delay(10, limit.Token);
    }
}
