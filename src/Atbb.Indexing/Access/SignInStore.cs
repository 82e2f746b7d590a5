using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Access;

/// <summary>The sign-ins that have not ended, for every process on the database.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class SignInStore(IndexDatabase database, TimeProvider time)
{
    /// <summary>How long one is good if nobody ends it.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    // Ended by one process, it has ended for another one whose clock is behind.
    static readonly TimeSpan ClocksApart = TimeSpan.FromHours(1);

    /// <summary>
    /// Keeps one until a time, once however often it is asked to and not again after it was ended, and forgets those that could not be good any more in any case.
    /// </summary>
    public Task AddAsync(string id, DateTimeOffset endsAt, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            """
            delete from sign_ins where ends_at <= @forgotten;
            insert into sign_ins (id, ends_at) values (@id, @endsAt) on conflict (id) do nothing;
            """,
            new { id, endsAt, forgotten = time.GetUtcNow() - Lasts - ClocksApart },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Whether there is one of this id.</summary>
    public Task<bool> IsOpenAsync(string id, CancellationToken cancellationToken) => HasAsync("select id from sign_ins where id = @id and ends_at > @now", id, cancellationToken);

    /// <summary>Whether one of this id is remembered as ended.</summary>
    public Task<bool> WasEndedAsync(string id, CancellationToken cancellationToken) => HasAsync("select id from sign_ins where id = @id and ends_at <= @now", id, cancellationToken);

    Task<bool> HasAsync(string sql, string id, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) => await connection.ExecuteScalarAsync<string?>(new CommandDefinition(sql, new { id, now = time.GetUtcNow() }, cancellationToken: token)) is not null,
        cancellationToken);

    /// <summary>Ends one. It is remembered as ended, so that nobody who could not keep it before keeps it now.</summary>
    public Task EndAsync(string id, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            "insert into sign_ins (id, ends_at) values (@id, @now) on conflict (id) do update set ends_at = excluded.ends_at",
            new { id, now = time.GetUtcNow() - ClocksApart },
            cancellationToken: token)),
        cancellationToken);
}
