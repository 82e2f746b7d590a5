using System.Net;
using System.Net.Sockets;
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
            var folder = $".Migrations.{kind}.";
            var scripts = typeof(IndexDatabase).Assembly.GetManifestResourceNames().Count(name => name.Contains(folder, StringComparison.Ordinal));
            Assert.True(scripts > 1, $"There are no scripts in {folder}");
            Assert.Equal((long)scripts, await command.ExecuteScalarAsync(Token));
        }

        await databases[0].PingAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    // Another program's tables stand beside ours: what it has done to its own says nothing of these.
    [Theory]
    [InlineData("forum")]
    [InlineData("forum,public")]
    public async Task MigrateAsync_SchemaOfItsOwn_RunsEachScriptOnceInThatOne(string searchPath)
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        var address = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var outside = IndexDatabase.Create(DatabaseTarget.Parse(address), NullLoggerFactory.Instance);
        await outside.MigrateAsync(Token);
        await using var inside = IndexDatabase.Create(DatabaseTarget.Parse(WithSearchPath(address, searchPath)), NullLoggerFactory.Instance);

        await RunAsync(outside, "create schema forum");

        var before = await inside.ReadSchemaAsync(Token);
        await inside.MigrateAsync(Token);
        await inside.MigrateAsync(Token);

        Assert.Equal(0, before.Applied);
        Assert.Equal(await outside.ReadSchemaAsync(Token) is { Missing.Count: 0 } whole ? whole.Applied : -1, (await inside.ReadSchemaAsync(Token)).Applied);
        Assert.Equal(1L, await RunAsync(outside, "select count(*) from pg_tables where schemaname = 'forum' and tablename = 'posts'"));
    }

    [Fact]
    public async Task MigrateAsync_ServerIsSilentAndTheStartIsGivenUp_EndsAtOnce()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var database = IndexDatabase.Create(
            DatabaseTarget.Parse($"postgresql://u:p@127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/forum"), NullLoggerFactory.Instance);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var migration = database.MigrateAsync(given.Token);
        using var connected = await silent.AcceptTcpClientAsync(Token);
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => migration);
    }

    static async Task<object?> RunAsync(IndexDatabase database, string sql)
    {
        await using var connection = await database.Index.OpenConnectionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    static string WithSearchPath(string address, string schema) => address.Contains("://", StringComparison.Ordinal)
        ? $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}search_path={schema}"
        : $"{address};Search Path={schema}";

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

    [Theory, MemberData(nameof(Kinds))]
    public async Task MigrateAsync_TablesOfANewerRelease_IsRefusedAndChangesNothing(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var folder = kind == DatabaseKind.PostgreSql ? "PostgreSql" : "SqliteOrleans";
        await using (var connection = await database.Index.Orleans.OpenConnectionAsync(Token))
        await using (var command = connection.CreateCommand())
        {
            // A script of today is forgotten, too: one that is missing must not be run beside one that is not known.
            command.CommandText = $"""
                delete from schemaversions where scriptname = (select max(scriptname) from schemaversions);
                insert into schemaversions (scriptname, applied) values ('Atbb.Indexing.Databases.Migrations.{folder}.0099_of_tomorrow.sql', '2027-01-01');
                insert into schemaversions (scriptname, applied) values ('another.program.sql', '2027-01-01');
                """;
            await command.ExecuteNonQueryAsync(Token);
        }

        var before = await database.Index.ReadSchemaAsync(Token);
        var error = await Assert.ThrowsAsync<SchemaTooNewException>(() => database.Index.MigrateAsync(Token));

        Assert.Contains("0099_of_tomorrow.sql", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another.program", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("assword", error.Message, StringComparison.Ordinal);
        Assert.Equal(["0099_of_tomorrow.sql"], before.Unknown);
        Assert.Single(before.Missing);
        Assert.Equivalent(before, await database.Index.ReadSchemaAsync(Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task ReadSchemaAsync_NoTables_NamesEveryScriptAndMakesNothing(DatabaseKind kind)
    {
        Assert.SkipWhen(kind == DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        using var file = new SqliteFile();
        var address = kind == DatabaseKind.PostgreSql ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : file.Path;
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(address), NullLoggerFactory.Instance);

        var schema = await database.ReadSchemaAsync(Token);

        Assert.Equal((0, 0), (schema.Applied, schema.Unknown.Count));
        Assert.Contains("0001_index.sql", schema.Missing);
        Assert.False(File.Exists(file.Path));
        await database.MigrateAsync(Token);
        var after = await database.ReadSchemaAsync(Token);
        Assert.Equal((schema.Missing.Count, 0), (after.Applied, after.Missing.Count));
    }

    [Fact]
    public async Task PingAsync_BeforeMigration_Fails()
    {
        using var file = new SqliteFile();
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(file.Path), NullLoggerFactory.Instance);

        await Assert.ThrowsAnyAsync<Exception>(() => database.PingAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token));
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
