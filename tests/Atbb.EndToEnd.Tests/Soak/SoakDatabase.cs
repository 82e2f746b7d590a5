using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>What happens to a database under a run: every connection is ended, or somebody else holds the write lock.</summary>
static class SoakDatabase
{
    public static Task DisturbAsync(IndexAddress database, CancellationToken cancellationToken)
    {
        var target = DatabaseTarget.Parse(database.Value);
        return target.Kind is DatabaseKind.PostgreSql ? TerminateAsync(database.Value, cancellationToken) : HoldAsync(target, cancellationToken);
    }

    static async Task TerminateAsync(string url, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(DatabaseTarget.Parse((await PostgresServer.SharedAsync()).Url("postgres")).ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var terminate = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", connection);
        terminate.Parameters.AddWithValue(url[(url.LastIndexOf('/') + 1)..]);
        await terminate.ExecuteScalarAsync(cancellationToken);
    }

    static async Task HoldAsync(DatabaseTarget target, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(target.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var hold = connection.CreateCommand();
        hold.CommandText = "begin immediate";
        await hold.ExecuteNonQueryAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        hold.CommandText = "rollback";
        await hold.ExecuteNonQueryAsync(cancellationToken);
    }
}
