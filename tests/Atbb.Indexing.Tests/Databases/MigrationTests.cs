using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Atbb.Indexing.Tests.Databases;

public sealed class MigrationTests : IndexTests
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task MigrateAsync_SeveralProcessesTogetherAndAgain_RunsEachScriptOnce(DatabaseKind kind)
    {
        Assert.SkipWhen(kind == DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        using var file = new SqliteFile();
        var address = kind == DatabaseKind.PostgreSql ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : file.Path;
        var databases = Enumerable.Range(0, 4).Select(_ => IndexDatabase.Create(DatabaseTarget.Parse(address), NullLoggerFactory.Instance)).ToList();

        await Task.WhenAll(databases.Select(database => database.MigrateAsync(Token)));
        await databases[0].MigrateAsync(Token);

        await using (var connection = await databases[0].Index.OpenConnectionAsync(Token))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "select count(*) from schemaversions";
            Assert.Equal(kind == DatabaseKind.PostgreSql ? 6L : 4L, await command.ExecuteScalarAsync(Token));
        }

        await databases[0].PingAsync(Token);
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task MigrateAsync_Sqlite_TurnsTheWriteAheadLogOn()
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);

        Assert.Equal("wal", await database.ScalarAsync("pragma journal_mode"));
        Assert.Equal(1, await database.NumberAsync("pragma synchronous"));
        Assert.Equal(5000, await database.NumberAsync("pragma busy_timeout"));
        Assert.True(File.Exists(Path.ChangeExtension(database.Address, ".orleans.db")));
    }

    [Fact]
    public async Task MigrateAsync_ServerNotThere_SaysWhatToDo()
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse("postgresql://u:p@127.0.0.1:1/forum"), NullLoggerFactory.Instance);

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => database.MigrateAsync(Token));

        Assert.Contains("127.0.0.1:1/forum", error.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PingAsync_BeforeMigration_Fails()
    {
        using var file = new SqliteFile();
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(file.Path), NullLoggerFactory.Instance);

        await Assert.ThrowsAnyAsync<Exception>(() => database.PingAsync(Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Tables_OfEveryCollection_HaveItsColumns(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);

        foreach (var collection in Atbb.Indexing.Collections.CollectionCatalog.All)
        {
            var columns = collection.Fields.Select(field => field.Column).Concat(collection.References.Select(reference => reference.IdColumn));
            await database.QueryAsync($"select id, did, rkey, cid, record, created_at, indexed_at, {string.Join(", ", columns)} from {collection.Table}");
        }
    }
}
