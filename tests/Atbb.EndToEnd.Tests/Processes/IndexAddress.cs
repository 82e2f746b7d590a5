using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>An empty database for one test, which the executable fills, tables and all.</summary>
sealed class IndexAddress : IDisposable
{
    readonly SqliteFile? file;

    IndexAddress(string value, SqliteFile? file) => (Value, this.file) = (value, file);

    /// <summary>What an operator would write: a URL or a path.</summary>
    public string Value { get; }

    /// <summary>Makes one.</summary>
    public static async Task<IndexAddress> CreateAsync(DatabaseKind kind)
    {
        if (kind is DatabaseKind.PostgreSql)
        {
            Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
            return new IndexAddress(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(), null);
        }

        var file = new SqliteFile();
        return new IndexAddress(file.Path, file);
    }

    /// <summary>A database of a server of the test's own.</summary>
    public static async Task<IndexAddress> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync(), null);

    /// <summary>Looks into it.</summary>
    public IndexDatabase Open() => IndexDatabase.Create(DatabaseTarget.Parse(Value), NullLoggerFactory.Instance);

    public void Dispose() => file?.Dispose();
}
