using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Atbb.Bench.Indexes;

/// <summary>An empty database for a contender to fill.</summary>
sealed class BenchDatabase : IAsyncDisposable
{
    readonly SqliteFile? file;

    BenchDatabase(string address, SqliteFile? file) => (Address, this.file) = (address, file);

    /// <summary>A URL or a path.</summary>
    public string Address { get; }

    /// <summary>Makes one, in a server or, without one, in a file.</summary>
    public static async Task<BenchDatabase> CreateAsync(PostgresServer? server)
    {
        if (server is not null)
            return new BenchDatabase(await server.CreateDatabaseAsync(), null);
        var file = new SqliteFile();
        return new BenchDatabase(file.Path, file);
    }

    public IndexDatabase Open() => IndexDatabase.Create(DatabaseTarget.Parse(Address), NullLoggerFactory.Instance);

    /// <summary>The server's first process, whose children serve the connections; null for a file.</summary>
    public async Task<int?> ServerProcessAsync(CancellationToken cancellationToken)
    {
        if (file is not null)
            return null;

        await using var connection = new NpgsqlConnection(DatabaseTarget.Parse(Address).ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return Processes.ProcFile.ParentOf((int)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    public async ValueTask DisposeAsync()
    {
        if (file is null)
        {
            // What is measured next must not share the disk with what was.
            var name = Address[(Address.LastIndexOf('/') + 1)..];
            NpgsqlConnection.ClearAllPools();
            await using var connection = new NpgsqlConnection(DatabaseTarget.Parse(Address[..^name.Length] + "postgres").ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"drop database {name} with (force)", connection);
            await command.ExecuteNonQueryAsync();
        }

        file?.Dispose();
    }
}
