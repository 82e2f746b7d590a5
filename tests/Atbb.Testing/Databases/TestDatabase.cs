using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Testing.Databases;

/// <summary>A fresh, migrated index database for one test, on either kind of database.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    // Migrated once; each test gets a copy, which is much faster.
    static readonly Lazy<Task<string>> PostgresTemplate = new(MakeTemplateAsync);

    readonly SqliteFile? file;

    TestDatabase(DatabaseTarget target, string address, SqliteFile? file)
    {
        this.file = file;
        Address = address;
        Index = IndexDatabase.Create(target, NullLoggerFactory.Instance);
    }

    /// <summary>Both kinds, for theories.</summary>
    public static IReadOnlyList<DatabaseKind> Kinds { get; } = [DatabaseKind.PostgreSql, DatabaseKind.Sqlite];

    /// <summary>What an operator would write: a URL or a path.</summary>
    public string Address { get; }

    /// <summary>The database.</summary>
    public IndexDatabase Index { get; }

    /// <summary>Its kind.</summary>
    public DatabaseKind Kind => Index.Target.Kind;

    /// <summary>Makes a database with all its tables.</summary>
    /// <exception cref="PostgresMissingException">There is no PostgreSQL to start.</exception>
    public static async Task<TestDatabase> CreateAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.PostgreSql)
        {
            var server = await PostgresServer.SharedAsync();
            var url = await server.CreateDatabaseAsync(await PostgresTemplate.Value);
            return new TestDatabase(DatabaseTarget.Parse(url), url, null);
        }

        var file = new SqliteFile();
        var database = new TestDatabase(DatabaseTarget.Parse(file.Path), file.Path, file);
        await database.Index.MigrateAsync(CancellationToken.None);
        return database;
    }

    /// <summary>Runs a statement.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await Index.Index.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Enters a silo into the cluster's table, on PostgreSQL.</summary>
    /// <param name="silo">Its name there.</param>
    /// <param name="status">Orleans's number for what it is: 3 active, 6 dead.</param>
    /// <param name="cluster">The cluster's id.</param>
    public Task<int> EnterSiloAsync(SiloIdentity silo, int status, string cluster = "atbb") => ExecuteAsync($"""
        insert into OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, StartTime, IAmAliveTime)
        values ('{cluster}', '{silo.Address}', {silo.Port}, {silo.Generation}, 'silo', 'host', {status}, now(), now())
        """);

    /// <summary>Runs a query and returns its rows.</summary>
    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var connection = await Index.Index.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = await reader.IsDBNullAsync(i) ? null : reader.GetValue(i);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Runs a query for one value.</summary>
    public async Task<object?> ScalarAsync(string sql) => (await QueryAsync(sql)) is [[var value, ..], ..] ? value : null;

    /// <summary>Runs a query for one number.</summary>
    public async Task<long> NumberAsync(string sql) =>
        Convert.ToInt64(await ScalarAsync(sql), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Closes the connections and removes what is a file.</summary>
    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        file?.Dispose();
    }

    static async Task<string> MakeTemplateAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var url = await server.CreateDatabaseAsync();
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(url), NullLoggerFactory.Instance);
        await database.MigrateAsync(CancellationToken.None);
        Npgsql.NpgsqlConnection.ClearAllPools();
        return url[(url.LastIndexOf('/') + 1)..];
    }
}
