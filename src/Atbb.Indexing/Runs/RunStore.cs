using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Runs;

/// <summary>Runs and their errors, for operators.</summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class RunStore(IndexDatabase database, TimeProvider time)
{
    /// <summary>The status of a run under way.</summary>
    public const string InProgress = "in_progress";

    /// <summary>The status of a run that waits for somebody to resume it.</summary>
    public const string Paused = "paused";

    const string Unfinished = $"status in ('{InProgress}', '{Paused}')";

    const string RunColumns = """
        id as "Id",
        status as "Status",
        backfill_type as "BackfillType",
        retry_of as "RetryOf",
        phase as "Phase",
        last_processed_did as "LastProcessedDid",
        dids_total as "DidsTotal",
        dids_processed as "DidsProcessed",
        dids_deferred as "DidsDeferred",
        dids_left_out as "DidsLeftOut",
        records_indexed as "RecordsIndexed",
        records_updated as "RecordsUpdated",
        records_unchanged as "RecordsUnchanged",
        records_deleted as "RecordsDeleted",
        records_failed as "RecordsFailed",
        requests as "Requests",
        bytes as "Bytes",
        started_at as "StartedAt",
        updated_at as "UpdatedAt",
        completed_at as "CompletedAt",
        error_message as "ErrorMessage"
        """;

    // The empty parts of the unique key are an error of the whole repository, or of a relay.
    internal const string ErrorColumns = """
        id as "Id",
        backfill_id as "BackfillId",
        nullif(did, '') as "Did",
        nullif(collection, '') as "Collection",
        nullif(uri, '') as "Uri",
        cid as "Cid",
        kind as "Kind",
        error_message as "ErrorMessage",
        attempts as "Attempts",
        created_at as "CreatedAt",
        updated_at as "UpdatedAt"
        """;

    // The casts tell PostgreSQL the type of a parameter that is null.
    const string ErrorFilter = """
        backfill_id = @RunId
        and (cast(@Did as text) is null or did = @Did)
        and (cast(@Kind as text) is null or kind = @Kind)
        """;

    /// <summary>Adds a run that is in progress.</summary>
    /// <param name="forumDid">The forum whose run it is.</param>
    /// <param name="type">What it reads.</param>
    /// <param name="retryOf">The run whose failures it reads again, if it is a retry.</param>
    /// <param name="startedAt">When it began.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its id; null when another run is unfinished, of which there is never more than one.</returns>
    public Task<long?> CreateAsync(
        string forumDid, string type, long? retryOf, DateTimeOffset startedAt, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into backfill_progress (forum_did, status, backfill_type, retry_of, started_at, updated_at)
            values (@forumDid, @status, @type, @retryOf, @startedAt, @startedAt)
            on conflict do nothing
            returning id
            """,
            new { forumDid, status = InProgress, type, retryOf, startedAt },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Writes a run as it stands; its id, type and start stay.</summary>
    public Task SaveAsync(RunRow run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var row = run with { ErrorMessage = StorableText.Of(run.ErrorMessage), UpdatedAt = time.GetUtcNow() };
        return database.QueryAsync(
            (connection, token) => connection.ExecuteAsync(new CommandDefinition(
                $"""
                update backfill_progress set
                    status = @Status,
                    phase = @Phase,
                    last_processed_did = @LastProcessedDid,
                    dids_total = @DidsTotal,
                    dids_processed = @DidsProcessed,
                    dids_deferred = @DidsDeferred,
                    dids_left_out = @DidsLeftOut,
                    records_indexed = @RecordsIndexed,
                    records_updated = @RecordsUpdated,
                    records_unchanged = @RecordsUnchanged,
                    records_deleted = @RecordsDeleted,
                    records_failed = @RecordsFailed,
                    requests = @Requests,
                    bytes = @Bytes,
                    -- A paused run is written again wherever its grain wakes up, and has been paused no less long for that.
                    updated_at = case when status = '{Paused}' and @Status = '{Paused}' then updated_at else @UpdatedAt end,
                    completed_at = @CompletedAt,
                    error_message = @ErrorMessage
                where id = @Id
                """,
                row,
                cancellationToken: token)),
            cancellationToken);
    }

    /// <summary>Reads a run; null when there is none.</summary>
    public Task<RunRow?> GetAsync(long id, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.QuerySingleOrDefaultAsync<RunRow>(new CommandDefinition(
            $"select {RunColumns} from backfill_progress where id = @id",
            new { id },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="beforeId">Only older ones than this: the last id of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<RunRow>> ListAsync(int limit, long? beforeId, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<RunRow>> (connection, token) => (await connection.QueryAsync<RunRow>(new CommandDefinition(
            $"select {RunColumns} from backfill_progress where id < @before order by id desc limit @limit",
            new { before = beforeId ?? long.MaxValue, limit },
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>An unfinished run of another forum on this index; null when there is none.</summary>
    /// <param name="forumDid">The forum that asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<(long Id, string ForumDid)?> FindOfAnotherForumAsync(string forumDid, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            (long, string)? found = null;
            await connection.ReadAsync(
                new CommandDefinition(
                    $"select id, forum_did from backfill_progress where {Unfinished} and forum_did <> @forumDid order by id desc limit 1",
                    new { forumDid },
                    cancellationToken: token),
                row => found = (row.GetInt64(0), row.GetString(1)));
            return found;
        },
        cancellationToken);

    /// <summary>Closes a forum's runs that are unfinished, paused ones too, and nobody's: their owner's state was lost.</summary>
    /// <param name="forumDid">The forum.</param>
    /// <param name="status">What they become.</param>
    /// <param name="message">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were closed.</returns>
    public Task<int> CloseAbandonedAsync(
        string forumDid, string status, string message, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            $"""
            update backfill_progress set
                status = @status,
                error_message = @message,
                completed_at = @now,
                updated_at = @now
            -- A run without a forum was begun by a version that did not note it.
            where {Unfinished} and coalesce(forum_did, @forumDid) = @forumDid
            """,
            new { forumDid, status, message, now = time.GetUtcNow() },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>Of a forum's runs those that say whether its index is whole: the unfinished one, and of full syncs the latest of each status.</summary>
    public Task<IReadOnlyList<RunRow>> ListForVerdictAsync(string forumDid, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<RunRow>> (connection, token) => (await connection.QueryAsync<RunRow>(new CommandDefinition(
            $"""
            select {RunColumns} from backfill_progress
            where id in (
                select max(id) from backfill_progress
                -- A run without a forum was begun by a version that did not note it.
                where (backfill_type = 'full_sync' or {Unfinished}) and coalesce(forum_did, @forumDid) = @forumDid
                group by status)
            order by id desc
            """,
            new { forumDid },
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>
    /// What errors stand open for, by kind: of every run, since an error is there until something later has read what it stands for. What failed in several runs
    /// has a row in each, is missing once, and counts as what it was last.
    /// </summary>
    public Task<IReadOnlyDictionary<string, long>> CountOpenErrorsAsync(CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, long>> (connection, token) => (await connection.QueryAsync<(string Kind, long Count)>(new CommandDefinition(
            $"select kind, count(*) from backfill_errors where {ErrorStore.Latest()} group by kind",
            cancellationToken: token))).ToDictionary(static of => of.Kind, static of => of.Count),
        cancellationToken);

    /// <summary>What <see cref="CountOpenErrorsAsync"/> counts, each with the error that it was last, the oldest of these first.</summary>
    public Task<IReadOnlyList<RunErrorRow>> ListOpenErrorsAsync(OpenErrorQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        // The kind is asked of the last error: what was of that kind before is not any more.
        var latest = ErrorStore.Latest(query.Did is null ? "" : "where did = @Did");
        return database.QueryAsync(
            async Task<IReadOnlyList<RunErrorRow>> (connection, token) => (await connection.QueryAsync<RunErrorRow>(new CommandDefinition(
                $"""
                select {ErrorColumns} from backfill_errors
                where {latest}
                and (cast(@Kind as text) is null or kind = @Kind)
                and id > @AfterId
                order by id
                limit @Limit
                """,
                query,
                cancellationToken: token))).AsList(),
            cancellationToken);
    }

    /// <summary>A run's errors, the oldest first.</summary>
    public Task<IReadOnlyList<RunErrorRow>> ListErrorsAsync(RunErrorQuery query, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<RunErrorRow>> (connection, token) => (await connection.QueryAsync<RunErrorRow>(new CommandDefinition(
            $"""
            select {ErrorColumns} from backfill_errors
            where {ErrorFilter} and id > @AfterId
            order by id
            limit @Limit
            """,
            query,
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>How many errors a run has; page and limit of the query do not count.</summary>
    public Task<long> CountErrorsAsync(RunErrorQuery query, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from backfill_errors where {ErrorFilter}",
            query,
            cancellationToken: token)),
        cancellationToken);
}
