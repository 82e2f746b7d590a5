using System.Data.Common;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Repos;

/// <summary>What is durably known of repositories. Their rows are written by <see cref="Batches.IndexStore"/>, but for those never read yet.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class RepoStore
{
    const int ChunkSize = 500;
    const int DidColumn = RepoRow.StateColumns + RepoRow.CursorColumns;

    static readonly StoredTime times = new();

    readonly IndexDatabase database;
    readonly TimeProvider time;
    readonly Gathering<string, RepoState> loads;

    /// <summary>Opens nothing yet.</summary>
    public RepoStore(IndexDatabase database, TimeProvider time)
    {
        this.database = database;
        this.time = time;
        loads = new Gathering<string, RepoState>(ChunkSize, LoadAllAsync);
    }

    /// <summary>Reads a repository's state; one with version 0 when there is none. States that are asked for together are read together.</summary>
    public Task<RepoState> LoadAsync(string did, CancellationToken cancellationToken) => loads.AskAsync(did, cancellationToken);

    Task<IReadOnlyDictionary<string, RepoState>> LoadAllAsync(IReadOnlyCollection<string> dids, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, RepoState>> (connection, token) =>
        {
            // One statement for both: as many rows as a repository has cursors, and one with empty ones when it has none.
            await using var command = CommandOf(connection, $"""
                select r.pds, r.handle, r.identity_at, r.rev, r.status, r.last_run_id, r.phase, r.is_settled,
                       r.records_indexed, r.records_updated, r.records_unchanged, r.records_deleted, r.records_failed, r.requests, r.bytes,
                       r.attempts, r.retry_after, r.last_error, r.synced_at, r.version,
                       c.collection, c.run_id, c.cursor, c.last_rkey, c.listing_order, c.is_complete, c.rev,
                       r.did
                from repos r
                left join repo_cursors c on c.did = r.did
                where r.did {database.AnyOf("dids")}
                """, ("dids", database.Texts(dids)));
            var states = dids.ToDictionary(did => did, did => new RepoState { Did = did }, StringComparer.Ordinal);
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                var did = row.GetString(DidColumn);
                var state = states[did] is { Version: > 0 } begun ? begun : RepoRow.ReadState(row, did);
                if (!row.IsDBNull(RepoRow.StateColumns))
                {
                    var cursor = RepoRow.ReadCursor(row, RepoRow.StateColumns);
                    state = state with { Collections = state.Collections.SetItem(cursor.Collection, cursor) };
                }

                states[did] = state;
            }

            return states;
        },
        cancellationToken);

    /// <summary>Which of some DIDs are known here and not settled in a run.</summary>
    public Task<IReadOnlySet<string>> UnsettledAmongAsync(long runId, IReadOnlyCollection<string> dids, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlySet<string>> (connection, token) =>
        {
            await using var command = CommandOf(connection, $"""
                select r.did from repos r
                where r.did {database.AnyOf("dids")} and (r.last_run_id is null or r.last_run_id <> @runId or not r.is_settled)
                union all
                select u.did from users u
                where u.did {database.AnyOf("dids")} and not exists (select 1 from repos r where r.did = u.did)
                """, ("dids", database.Texts(dids)), ("runId", runId));
            var unsettled = new HashSet<string>(StringComparer.Ordinal);
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
                unsettled.Add(row.GetString(0));
            return unsettled;
        },
        cancellationToken);

    static DbCommand CommandOf(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            if (value is DateTimeOffset moment)
                times.SetValue(parameter, moment);
            else
                parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>
    /// Notes repositories that have been discovered. One that is known already stays as it is; a new one has version 1 and the status
    /// <see cref="RepoStatus.Pending"/>.
    /// </summary>
    /// <returns>How many were new.</returns>
    public async Task<int> AddPendingAsync(IReadOnlyCollection<string> dids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dids);
        // By byte order: two callers that add the same ones must not wait for one another in a circle.
        var added = 0;
        foreach (var chunk in dids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(ChunkSize))
            added += await database.QueryAsync((connection, token) => AddChunkAsync(connection, chunk, token), cancellationToken);
        return added;
    }

    async Task<int> AddChunkAsync(DbConnection connection, string[] dids, CancellationToken cancellationToken)
    {
        await using var command = CommandOf(connection, $"""
            insert into repos (did, status, version, updated_at)
            select listed.value, @status, 1, @now from {database.RowsOf("dids")} as listed
            -- SQLite would take "on" for the beginning of a join's condition.
            where true
            on conflict (did) do nothing
            """, ("dids", database.Texts(dids)), ("status", RepoStatus.Pending.Stored()), ("now", time.GetUtcNow()));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The next DIDs after one, by byte order; an empty page is the end.</summary>
    /// <param name="scope">Which repositories.</param>
    /// <param name="afterDid">The last DID of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<string>> PageAsync(RepoScope scope, string? afterDid, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<string>> (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition(
            scope switch
            {
                RepoScope.KnownUsers => "select did from users where did > @after order by did limit @limit",
                // Each half cut off before they are put together: no page reads the rest of the tables.
                RepoScope.AllRepositories => """
                    select did from (
                        select did from (select did from users where did > @after order by did limit @limit) u
                        union
                        select did from (select did from repos where did > @after order by did limit @limit) r
                    ) both_tables
                    order by did
                    limit @limit
                    """,
                _ => throw new ArgumentOutOfRangeException(nameof(scope)),
            },
            new { after = afterDid ?? "", limit },
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>How many repositories there are.</summary>
    public Task<long> CountAsync(RepoScope scope, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            scope switch
            {
                RepoScope.KnownUsers => "select count(*) from users",
                RepoScope.AllRepositories => """
                    select (select count(*) from repos)
                         + (select count(*) from users u where not exists (select 1 from repos r where r.did = u.did))
                    """,
                _ => throw new ArgumentOutOfRangeException(nameof(scope)),
            },
            cancellationToken: token)),
        cancellationToken);
}
