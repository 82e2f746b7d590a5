using System.Data.Common;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Repos;

/// <summary>What is durably known of repositories. Their rows are written by <see cref="Batches.IndexStore"/>; those of repositories to be read, for the first time or anew, here, by <see cref="Discovery.DiscoveryStore"/>, by <see cref="SettledRepos"/> and by <see cref="EmptiedRepos"/>.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class RepoStore
{
    // Grains wait for states. Nobody waits for names to be noted, but more than these at once would hold up what a run under way writes.
    const int LoadedAtOnce = 500;
    const int NotedAtOnce = 5_000;
    const int DidColumn = RepoRow.StateColumns + RepoRow.CursorColumns;

    readonly IndexDatabase database;
    readonly TimeProvider time;
    readonly Gathering<string, RepoState> loads;

    /// <summary>Opens nothing yet.</summary>
    public RepoStore(IndexDatabase database, TimeProvider time)
    {
        this.database = database;
        this.time = time;
        loads = new Gathering<string, RepoState>(LoadedAtOnce, LoadAllAsync);
    }

    /// <summary>Reads a repository's state; one with version 0 when there is none. States that are asked for together are read together.</summary>
    public Task<RepoState> LoadAsync(string did, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(did);
        // No database has such a row, and PostgreSQL refuses the question: with it, that of everybody who asks at the same time.
        return did.Contains('\0') ? Task.FromResult(new RepoState { Did = did }) : loads.AskAsync(did, cancellationToken);
    }

    Task<IReadOnlyDictionary<string, RepoState>> LoadAllAsync(IReadOnlyCollection<string> dids, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, RepoState>> (connection, token) =>
        {
            var states = dids.ToDictionary(did => did, did => new RepoState { Did = did }, StringComparer.Ordinal);
            // One statement for both: as many rows as a repository has cursors, and one with empty ones when it has none.
            await connection.ReadAsync(
                new CommandDefinition(
                    $"""
                    select r.pds, r.handle, r.identity_at, r.rev, r.status, r.last_run_id, r.phase, r.is_settled,
                           r.records_indexed, r.records_updated, r.records_unchanged, r.records_deleted, r.records_failed, r.requests, r.bytes,
                           r.attempts, r.retry_after, r.last_error, r.synced_at, r.version, r.found_by_run, r.moves,
                           c.collection, c.run_id, c.cursor, c.last_rkey, c.listing_order, c.is_complete, c.rev,
                           r.did
                    from repos r
                    {database.LookedUp("repo_cursors", "c", "did", "r.did")}
                    where r.did {database.AnyOf("@dids")}
                    """,
                    new { dids = JsonList.Of(dids) },
                    cancellationToken: token),
                row =>
                {
                    var did = row.GetString(DidColumn);
                    var state = states[did] is { Version: > 0 } begun ? begun : RepoRow.ReadState(row, did);
                    if (!row.IsDBNull(RepoRow.StateColumns))
                    {
                        var cursor = RepoRow.ReadCursor(row, RepoRow.StateColumns);
                        state = state with { Collections = state.Collections.SetItem(cursor.Collection, cursor) };
                    }

                    states[did] = state;
                });
            return states;
        },
        cancellationToken);

    /// <summary>
    /// The repositories whose DID documents, as last read, claim a handle, by byte order. Anybody may claim any: several may.
    /// </summary>
    /// <param name="handle">The handle, in letters of any case.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<string>> FindByHandleAsync(string handle, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<string>> (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition(
            "select did from repos where lower(handle) = lower(@handle) and handle is not null order by did limit @limit",
            new { handle, limit },
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>Which of some DIDs are ours to read at a host, and whether a phase of a run is done with them: known here, and of no other host.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="pds">The host's origin. It may list whom it likes, and those of others would be taken for a reason to read its list on.</param>
    /// <param name="dids">The repositories.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyDictionary<string, bool>> OursAmongAsync(
        long runId, int phase, string pds, IReadOnlyCollection<string> dids, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, bool>> (connection, token) =>
        {
            var ours = new Dictionary<string, bool>(StringComparer.Ordinal);
            await connection.ReadAsync(
                new CommandDefinition(
                    $"""
                    select r.did, case when r.last_run_id = @runId and r.phase = @phase and r.is_settled then 1 else 0 end
                    from repos r
                    where r.did {database.AnyOf("@dids")} and (r.pds is null or r.pds = @pds)
                    union all
                    select u.did, 0 from users u
                    where u.did {database.AnyOf("@dids")} and not exists (select 1 from repos r where r.did = u.did)
                    """,
                    new { dids = JsonList.Of(dids), runId, phase, pds },
                    cancellationToken: token),
                row => ours[row.GetString(0)] = row.GetInt32(1) == 1);
            return ours;
        },
        cancellationToken);

    /// <summary>
    /// Notes repositories that somebody has listed. One that is known already stays as it is, but is no hearsay any more; a new one has version 1
    /// and the status <see cref="RepoStatus.Pending"/>.
    /// </summary>
    /// <param name="dids">The repositories.</param>
    /// <param name="underWay">A run whose rounds stay as they are, with what it has found itself: taken out of a round, a repository's counts would be lost by a kill.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were new.</returns>
    public async Task<int> AddPendingAsync(IReadOnlyCollection<string> dids, long? underWay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dids);
        // By byte order: two callers that add the same ones must not wait for one another in a circle.
        var added = 0;
        foreach (var chunk in dids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(NotedAtOnce))
            added += await database.QueryAsync((connection, token) => AddChunkAsync(connection, chunk, underWay, token), cancellationToken);
        return added;
    }

    async Task<int> AddChunkAsync(DbConnection connection, string[] dids, long? underWay, CancellationToken cancellationToken)
    {
        var listed = JsonList.Of(dids);
        var added = await connection.ExecuteAsync(new CommandDefinition($"""
            insert into repos (did, status, version, updated_at)
            select listed.value, @status, 1, @now from {database.RowsOf("@dids")} listed
            -- SQLite would take "on" for the beginning of a join's condition.
            where true
            on conflict (did) do nothing
            """,
            new { dids = listed, status = RepoStatus.Pending.Stored(), now = time.GetUtcNow() },
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition($"""
            update repos set found_by_run = null, found_in_round = null
            where found_by_run <> @underWay and did {database.AnyOf("@dids")}
            """,
            new { dids = listed, underWay = underWay ?? 0 },
            cancellationToken: cancellationToken));
        return added;
    }

    /// <summary>The next DIDs after one, by byte order; an empty page is the end.</summary>
    /// <param name="scope">Which repositories.</param>
    /// <param name="afterDid">The last DID of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<string>> PageAsync(RepoScope scope, string? afterDid, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<string>> (connection, token) => (await connection.QueryAsync<string>(Ask(
            scope,
            users: PageOf("true", MetBefore),
            // A user found by this run is left out of both: who was seen in the first phase may be on a relay's list as well.
            known: PageOf(
                "not exists (select 1 from repos f where f.did = u.did and f.found_by_run = @runId)",
                $"found_by_run is distinct from @runId and not ({Hearsay.FoundNowhereBefore})"),
            found: """
                select did from repos
                where found_by_run = @runId and found_in_round = @round and did > @after
                order by did
                limit @limit
                """,
            afterDid,
            limit,
            token))).AsList(),
        cancellationToken);

    /// <summary>How many repositories there are.</summary>
    public Task<long> CountAsync(RepoScope scope, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(Ask(
            scope,
            users: $"""
                select (select count(*) from repos where {MetBefore})
                     + (select count(*) from users u where not exists (select 1 from repos where repos.did = u.did and {MetBefore}))
                """,
            known: $"""
                select (select count(*) from repos where found_by_run is distinct from @runId and not ({Hearsay.FoundNowhereBefore}))
                     + (select count(*) from users u where not exists (select 1 from repos r where r.did = u.did))
                """,
            found: "select count(*) from repos where found_by_run = @runId and found_in_round = @round",
            afterDid: null,
            limit: 0,
            token)),
        cancellationToken);

    // Of users and repositories together. Each half is cut off before they are put together: no page reads the rest of the tables.
    static string PageOf(string users, string repos) => $"""
        select did from (
            select did from (select u.did from users u where u.did > @after and {users} order by u.did limit @limit) u
            union
            select did from (select did from repos where did > @after and {repos} order by did limit @limit) r
        ) both_tables
        order by did
        limit @limit
        """;

    // Who was never read, or found nowhere, is a full sync's to ask for. Of who exists, it is known what is missing, be it everything.
    const string MetBefore = "(repos.status not in ('pending', 'notfound') or repos.last_run_id = @runId)";

    static CommandDefinition Ask(
        RepoScope scope, string users, string known, string found, string? afterDid, int limit, CancellationToken cancellationToken)
    {
        var (sql, runId, round) = scope switch
        {
            RepoScope.KnownUsers run => (users, run.RunId, 0),
            RepoScope.KnownRepositories run => (known, run.RunId, 0),
            RepoScope.Found of => (found, of.RunId, of.Round),
            _ => throw new ArgumentOutOfRangeException(nameof(scope)),
        };
        return new(sql, new { after = afterDid ?? "", limit, runId, round }, commandTimeout: IndexDatabase.WholeTablePatience, cancellationToken: cancellationToken);
    }
}
