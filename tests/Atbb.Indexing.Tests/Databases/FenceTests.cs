using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Databases;

/// <summary>A silo that its cluster has taken for dead, and that does not know it, changes nothing.</summary>
public sealed class FenceTests : IndexTests
{
    static readonly SiloIdentity Hung = new("10.1.2.3", 11_111, 151_000_001);
    static readonly SiloIdentity Well = Hung with { Generation = 151_000_002 };

    [Fact]
    public async Task WriteAsync_ByASiloTakenForDead_ChangesNothing()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var hung = As(Hung, database);
        await using var well = As(Well, database);
        await using var hungStore = new IndexStore(hung, new IndexingOptions(), Time, NullLogger<IndexStore>.Instance);
        await using var wellStore = new IndexStore(well, new IndexingOptions(), Time, NullLogger<IndexStore>.Instance);
        var page = Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"));
        // Its connections stand already, and so do its prepared statements.
        Assert.False((await hungStore.WriteAsync(page, Token)).IsStale);
        await database.EnterSiloAsync(Hung, status: 6);
        await database.EnterSiloAsync(Well, status: 3);

        // A repository that nobody else has touched: its version would let it pass.
        var refused = await Assert.ThrowsAsync<IndexUnavailableException>(() => hungStore.WriteAsync(Batch(Repo(Bob, run: 3), Post, Topic(Bob, "b")), Token));

        Assert.Contains("taken this silo (atbb 10.1.2.3:11111@151000001) for dead", refused.Message, StringComparison.Ordinal);
        Assert.Equal([[Alice]], await database.QueryAsync("select did from posts"));
        Assert.False((await wellStore.WriteAsync(Batch(Repo(Bob, run: 3), Post, Topic(Bob, "b")), Token)).IsStale);
        Assert.Equal(2, await database.NumberAsync("select count(*) from posts"));
    }

    [Fact]
    public async Task Stores_OfASiloTakenForDead_ChangeNothing()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var hung = As(Hung, database);
        var (runs, errors, repos) = (new RunStore(hung, Time), new ErrorStore(hung, Time), new RepoStore(hung, Time));
        var id = (await runs.CreateAsync(Forum, "full_sync", retryOf: null, Time.GetUtcNow(), Token))!.Value;
        await database.EnterSiloAsync(Hung, status: 6);

        await Assert.ThrowsAsync<IndexUnavailableException>(() => runs.CreateAsync(Forum, "full_sync", retryOf: null, Time.GetUtcNow(), Token));
        await Assert.ThrowsAsync<IndexUnavailableException>(() => errors.AddAsync(id, Alice, "not_answered", "It did not.", Token));
        await Assert.ThrowsAsync<IndexUnavailableException>(() => repos.AddPendingAsync([Alice], underWay: null, Token));

        Assert.Equal(1, await database.NumberAsync("select count(*) from backfill_progress"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from backfill_errors"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from repos"));
        // It looks on, and sees there that it is dead.
        Assert.Equal(0, (await repos.LoadAsync(Alice, Token)).Version);
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("OrleansRemindersTable")]
    public async Task OrleansTables_WrittenByASiloTakenForDead_Refuse(string table)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var hung = As(Hung, database);
        await database.EnterSiloAsync(Hung, status: 6);
        await using var connection = await hung.Orleans.OpenConnectionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = $"delete from {table}";

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Token));

        Assert.Equal("55A01", refused.SqlState);
    }

    [Fact]
    public async Task Settings_OfATransaction_BoundItsIdleness()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var connection = await database.Index.Index.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = PostgresStateSql.Settings;
        await command.ExecuteNonQueryAsync(Token);
        command.CommandText = "select current_setting('idle_in_transaction_session_timeout')";

        Assert.Equal("10s", await command.ExecuteScalarAsync(Token));
    }

    static IndexDatabase As(SiloIdentity member, TestDatabase database) =>
        IndexDatabase.Create(DatabaseTarget.Parse(database.Address), NullLoggerFactory.Instance, member);
}
