using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Dapper;

namespace Atbb.Indexing.Runs;

/// <summary>How the whole index stands, for those who watch it from outside.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class IndexSurvey(IndexDatabase database)
{
    /// <summary>A repository that could not be read for now.</summary>
    public const string Parked = "parked";

    /// <summary>Runs by their status; a status that none has is not named.</summary>
    public Task<IReadOnlyDictionary<string, RunsOfStatus>> CountRunsAsync(CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, RunsOfStatus>> (connection, token) => (await connection.QueryAsync<RunsOfStatus>(new CommandDefinition(
            """
            select
                status as "Status",
                count(*) as "Count",
                max(id) as "LastId",
                max(updated_at) as "UpdatedAt"
            from backfill_progress
            group by status
            """,
            cancellationToken: token))).ToDictionary(of => of.Status),
        cancellationToken);

    /// <summary>Repositories by their account's state (<see cref="RepoNames"/>), or <see cref="Parked"/>; a state that none has is not named.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountReposAsync(CancellationToken cancellationToken) => CountAsync(
        $"""
        select
            -- One that a run is done with waits for nothing.
            case when retry_after is not null and not is_settled then '{Parked}' else status end as "Name",
            count(*) as "Count"
        from repos
        group by 1
        """,
        cancellationToken);

    Task<IReadOnlyDictionary<string, long>> CountAsync(string sql, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, long>> (connection, token) =>
            (await connection.QueryAsync<(string Name, long Count)>(new CommandDefinition(sql, cancellationToken: token))).ToDictionary(of => of.Name, of => of.Count),
        cancellationToken);
}
