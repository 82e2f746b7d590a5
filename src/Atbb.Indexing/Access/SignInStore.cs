using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Access;

/// <summary>The sign-ins that have not ended, for every process on the database.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class SignInStore(IndexDatabase database, TimeProvider time)
{
    /// <summary>Keeps one until a time, once however often it is asked to, and forgets those whose time is over.</summary>
    public Task AddAsync(string id, DateTimeOffset endsAt, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            """
            delete from sign_ins where ends_at <= @now;
            insert into sign_ins (id, ends_at) values (@id, @endsAt) on conflict (id) do nothing;
            """,
            new { id, endsAt, now = time.GetUtcNow() },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Whether there is one of this id.</summary>
    public Task<bool> IsOpenAsync(string id, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) => await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select id from sign_ins where id = @id and ends_at > @now",
            new { id, now = time.GetUtcNow() },
            cancellationToken: token)) is not null,
        cancellationToken);

    /// <summary>Ends one. One that has ended has ended.</summary>
    public Task EndAsync(string id, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition("delete from sign_ins where id = @id", new { id }, cancellationToken: token)),
        cancellationToken);
}
