using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Dapper;

namespace Atbb.Indexing.Runs;

/// <summary>
/// The errors of runs, as far as they are not written with a repository's own state: which repositories they name, what stands open of one, and
/// which of them a later success has overtaken.
/// </summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class ErrorStore(IndexDatabase database, TimeProvider time)
{
    /// <summary>The run that stands for repositories read by hand, beside every run.</summary>
    public const long ByHand = 0;

    // Overtaken is an error
    // - of a record or a collection: when a pass of a later run, or one by hand, has read that collection to its end without it;
    // - of a whole repository: when a later run has settled it, or a pass by hand has come to its end, with what it holds or with its account's state;
    // - of either: when the account was deleted since;
    // - of a relay: when a later run has read that list to its end.
    // Later is what has the greater id: by the time of day, an error would stand for good after a clock was set back. What is settled by hand keeps its run's
    // id; of what was read so, the collection that is read last tells that it has come to its end, and the time when: one before the error has not overtaken it. Of an
    // account's state there is nothing but the time either.
    const string Overtaken = """
        delete from backfill_errors
        where (cast(@did as text) is null or did = @did) and (
            (collection <> '' and exists (
                select 1 from repo_cursors c
                where c.did = backfill_errors.did
                  and c.collection = backfill_errors.collection
                  and c.is_complete
                  and c.run_id <> backfill_errors.backfill_id
                  and (c.run_id > backfill_errors.backfill_id
                      or (c.run_id = @byHand and exists (select 1 from repos r where r.did = c.did and r.synced_at >= backfill_errors.updated_at)))
                  and not exists (
                      select 1 from backfill_errors again
                      where again.backfill_id = c.run_id
                        and again.did = backfill_errors.did
                        and again.collection = backfill_errors.collection
                        and again.uri = backfill_errors.uri)))
            or (collection = '' and exists (
                select 1 from repos r
                where r.did = backfill_errors.did
                  and r.retry_after is null
                  and ((r.last_error is null
                          and ((r.is_settled and r.last_run_id > backfill_errors.backfill_id)
                              or (r.synced_at >= backfill_errors.updated_at and exists (
                                  select 1 from repo_cursors c
                                  where c.did = r.did and c.collection = @lastByHand and c.run_id = @byHand and c.is_complete))))
                      or (r.status in ('takendown', 'suspended', 'deactivated')
                          and (r.updated_at > backfill_errors.updated_at or (r.is_settled and r.last_run_id > backfill_errors.backfill_id))
                          -- Not when that write was of another failure, of an account that had been marked before.
                          and not exists (
                              select 1 from backfill_errors later
                              where later.did = r.did
                                and later.uri = ''
                                and (later.updated_at = r.updated_at
                                    or (later.backfill_id = r.last_run_id and later.backfill_id > backfill_errors.backfill_id)))))))
            or exists (
                select 1 from repos r
                where r.did = backfill_errors.did
                  and r.status = 'deleted'
                  and r.retry_after is null
                  and (r.updated_at > backfill_errors.updated_at or (r.is_settled and r.last_run_id > backfill_errors.backfill_id)))
            or (did = '' and exists (
                select 1 from relay_listings l
                where l.relay = backfill_errors.uri
                  and l.collection = backfill_errors.collection
                  and l.status = 'completed'
                  and l.run_id > backfill_errors.backfill_id)))
        """;

    // What a run gives up itself, beside the repository's grain.
    const string IsGivenUpByTheRun = $"kind in ('{FailureKinds.NotAnswered}', '{FailureKinds.TooSlow}')";

    static readonly string LatestOfRepo = Latest("where did = @did");

    // One statement; each part reads a stretch of the unique key over did and rkey.
    static readonly string RowsOfRepo = string.Join(
        "\nunion all\n", CollectionCatalog.All.Select(of => $"select '{of.Nsid}', count(*) from {of.Table} where did = @did"));

    /// <summary>
    /// The next repositories that a retry reads, by byte order; an empty page is the end. They are those of which the run that it retries has errors, and those
    /// that it has been at itself: of these the errors may be gone, by a sync by hand, and what they came to still counts.
    /// </summary>
    /// <param name="runId">The run that is retried.</param>
    /// <param name="retryId">The retry.</param>
    /// <param name="afterDid">The last DID of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<string>> PageDidsAsync(long runId, long retryId, string? afterDid, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<string>> (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition(
            // Each half is cut off before they are put together: a page reads no more than a page.
            """
            select did from (
                select did from (select distinct did from backfill_errors where backfill_id = @runId and did > @after order by did limit @limit) failed
                union
                select did from (select did from repos where last_run_id = @retryId and did > @after order by did limit @limit) read_by_it
            ) both_tables
            order by did
            limit @limit
            """,
            new { runId, retryId, after = afterDid ?? "", limit },
            commandTimeout: IndexDatabase.WholeTablePatience,
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>Of how many repositories a run has errors.</summary>
    public Task<long> CountDidsAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(distinct did) from backfill_errors where backfill_id = @runId and did <> ''",
            new { runId },
            commandTimeout: IndexDatabase.WholeTablePatience,
            cancellationToken: token)),
        cancellationToken);

    /// <summary>How many relays' lists a run has left out.</summary>
    public Task<long> CountRelaysAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from backfill_errors where backfill_id = @runId and did = ''", new { runId }, cancellationToken: token)),
        cancellationToken);

    // What failed in several runs has a row in each, and is missing once.
    internal static string Latest(string where = "") => $"id in (select max(id) from backfill_errors {where} group by did, collection, uri)";

    /// <summary>What the index holds of a repository, and the latest errors that stand open of it: of what failed in several runs, the last.</summary>
    /// <param name="did">The repository.</param>
    /// <param name="limit">How many errors at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<RepoContents> DescribeAsync(string did, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            var rows = await connection.QueryAsync<(string Nsid, long Rows)>(new CommandDefinition(RowsOfRepo, new { did }, cancellationToken: token));
            var open = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                $"select count(*) from backfill_errors where {LatestOfRepo}", new { did }, cancellationToken: token));
            var latest = open == 0 ? [] : await connection.QueryAsync<RunErrorRow>(new CommandDefinition(
                $"select {RunStore.ErrorColumns} from backfill_errors where {LatestOfRepo} order by id desc limit @limit", new { did, limit }, cancellationToken: token));
            return new RepoContents(rows.Where(of => of.Rows > 0).ToDictionary(of => of.Nsid, of => of.Rows, StringComparer.Ordinal), open, latest.AsList());
        },
        cancellationToken);

    /// <summary>Writes an error of a whole repository that its own grain could not write. Once more is one more attempt.</summary>
    public Task AddAsync(long runId, string did, string kind, string message, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            """
            insert into backfill_errors (backfill_id, did, kind, error_message, created_at, updated_at)
            values (@runId, @did, @kind, @message, @now, @now)
            on conflict (backfill_id, did, collection, uri) do update set
                kind = excluded.kind,
                error_message = excluded.error_message,
                attempts = backfill_errors.attempts + 1,
                updated_at = excluded.updated_at
            """,
            new { runId, did, kind, message = StorableText.Of(message), now = time.GetUtcNow() },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>The repositories that a run has given up itself: their grains did not answer, or were at it for too long.</summary>
    public Task<IReadOnlyList<string>> ListUnansweredAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<string>> (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition(
            $"select did from backfill_errors where backfill_id = @runId and {IsGivenUpByTheRun}",
            new { runId },
            commandTimeout: IndexDatabase.WholeTablePatience,
            cancellationToken: token))).AsList(),
        cancellationToken);

    /// <summary>Takes such an error back: the repository is asked again.</summary>
    public Task<int> RemoveUnansweredAsync(long runId, string did, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            $"delete from backfill_errors where backfill_id = @runId and did = @did and {IsGivenUpByTheRun}",
            new { runId, did },
            cancellationToken: token)),
        cancellationToken);

    /// <summary>
    /// Notes the repositories that a run has failed with and will not ask again, since it ends before their next attempt. Idempotent: what stands
    /// there already is left, and counted.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many there are.</returns>
    public Task<long> AddLeftOverAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into backfill_errors (backfill_id, did, kind, error_message, created_at, updated_at)
                select last_run_id, did, @kind, coalesce(last_error, '') || ' The run has ended before the next attempt. ' || @next, @now, @now
                from repos
                where last_run_id = @runId and not is_settled and attempts > 0
                order by did
                on conflict (backfill_id, did, collection, uri) do nothing
                """,
                new { runId, kind = FailureKinds.Cancelled, next = FailureKinds.NextStep(FailureKinds.Cancelled), now = time.GetUtcNow() },
                commandTimeout: IndexDatabase.WholeTablePatience,
                cancellationToken: token));
            return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "select count(*) from backfill_errors where backfill_id = @runId and kind = @kind",
                new { runId, kind = FailureKinds.Cancelled },
                commandTimeout: IndexDatabase.WholeTablePatience,
                cancellationToken: token));
        },
        cancellationToken);

    /// <summary>Removes errors that something later has overtaken. Idempotent.</summary>
    /// <param name="did">Of this repository; null: of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> ClearOvertakenAsync(string? did, CancellationToken cancellationToken) => database.QueryAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(
            Overtaken,
            new { did, byHand = ByHand, lastByHand = CollectionCatalog.UserCollections[^1].Nsid },
            commandTimeout: IndexDatabase.WholeTablePatience,
            cancellationToken: token)),
        cancellationToken);
}
