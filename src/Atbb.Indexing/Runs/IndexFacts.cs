using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Runs;

/// <summary>What the decision whether to backfill rests on.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class IndexFacts(IndexDatabase database, TimeProvider time)
{
    /// <summary>The live stream's cursor in Unix microseconds; null when there is none.</summary>
    public Task<long?> GetFirehoseCursorAsync(string service, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select cursor from firehose_cursor where service = @service",
            new { service },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Notes the live stream's cursor, in Unix microseconds.</summary>
    public Task SetFirehoseCursorAsync(string service, long cursor, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            """
            insert into firehose_cursor (service, cursor, updated_at)
            values (@service, @cursor, @now)
            on conflict (service) do update set
                cursor = excluded.cursor,
                updated_at = excluded.updated_at
            """,
            new { service, cursor, now = time.GetUtcNow() },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Whether the index holds the forum of a DID.</summary>
    public Task<bool> HasForumAsync(string forumDid, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) => await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select id from forums where did = @forumDid and rkey = 'self'",
            new { forumDid },
            cancellationToken: token)) is not null,
        cancellationToken);
}
