using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Benchmarks;

/// <summary>
/// A database with all its tables. PostgreSQL: an empty one that <c>ATBB_BENCH_DATABASE</c> names, or a server of the benchmark's own, with
/// durable commits.
/// </summary>
sealed class BenchmarkDatabase : IAsyncDisposable
{
    const string Variable = "ATBB_BENCH_DATABASE";

    readonly IAsyncDisposable? server;
    readonly IDisposable? file;

    BenchmarkDatabase(string address, IAsyncDisposable? server, IDisposable? file)
    {
        (this.server, this.file) = (server, file);
        Index = IndexDatabase.Create(DatabaseTarget.Parse(address), NullLoggerFactory.Instance);
    }

    public IndexDatabase Index { get; }

    public static async Task<BenchmarkDatabase> CreateAsync(DatabaseKind kind)
    {
        var database = kind is DatabaseKind.Sqlite ? InFile() : await OnServerAsync();
        await database.Index.MigrateAsync(CancellationToken.None);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
        file?.Dispose();
    }

    static BenchmarkDatabase InFile()
    {
        var file = new SqliteFile();
        return new BenchmarkDatabase(file.Path, null, file);
    }

    static async Task<BenchmarkDatabase> OnServerAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address)
            return new BenchmarkDatabase(address, null, null);
        var server = await PostgresServer.StartAsync(durable: true);
        return new BenchmarkDatabase(await server.CreateDatabaseAsync(), server, null);
    }
}
