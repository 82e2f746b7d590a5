using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Silo.Doctor;

/// <summary>A PostgreSQL server's settings that decide whether an index is safe on it.</summary>
sealed record PostgresFacts
{
    public required string Version { get; init; }

    /// <summary>As <c>server_version_num</c>: 150004 is 15.4.</summary>
    public required int VersionNumber { get; init; }

    public required string Encoding { get; init; }

    public required bool Fsync { get; init; }

    public required bool FullPageWrites { get; init; }

    /// <summary>A standby, or a server that was made read-only.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>Whom the connection is.</summary>
    public required string User { get; init; }

    /// <summary>Whether that one may make tables where they would be made.</summary>
    public required bool MayCreateTables { get; init; }

    public required int MaxConnections { get; init; }

    /// <summary>Those of them that only superusers get.</summary>
    public required int ReservedConnections { get; init; }

    /// <summary>How far the server's clock is ahead of this one.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>Asks the server.</summary>
    public static async Task<PostgresFacts> ReadAsync(IndexDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await database.Index.OpenConnectionAsync(cancellationToken);
        var facts = await connection.QuerySingleAsync<PostgresFacts>(new CommandDefinition(
            """
            select
                current_setting('server_version')                             as "Version",
                current_setting('server_version_num')::int                    as "VersionNumber",
                current_setting('server_encoding')                            as "Encoding",
                current_setting('fsync')::bool                                as "Fsync",
                current_setting('full_page_writes')::bool                     as "FullPageWrites",
                pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as "IsReadOnly",
                current_user::text                                            as "User",
                -- Null where no schema of the search path is there.
                coalesce(has_schema_privilege(current_schema(), 'create'), false) as "MayCreateTables",
                current_setting('max_connections')::int                       as "MaxConnections",
                current_setting('superuser_reserved_connections')::int        as "ReservedConnections"
            """,
            cancellationToken: cancellationToken));

        // On a connection that is open already: a login would be counted as time under way.
        var before = time.GetUtcNow();
        var there = await connection.ExecuteScalarAsync<double>(new CommandDefinition("select extract(epoch from clock_timestamp())::float8", cancellationToken: cancellationToken));
        var middle = before + (time.GetUtcNow() - before) / 2;
        return facts with { Ahead = DateTimeOffset.UnixEpoch.AddSeconds(there) - middle };
    }
}
