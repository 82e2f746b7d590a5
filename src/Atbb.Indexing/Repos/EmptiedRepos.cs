using System.Data.Common;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Indexing.Repos;

/// <summary>
/// Repositories whose rows have been removed behind the service's back, by an operator who wants tables built again: their cursors say that records were
/// read, and there is none. Their revs would say for ever that nothing has changed.
/// </summary>
/// <remarks>
/// It costs a look at an index for each cursor, and reads no table of records unless there are any. Rows that have gone in part are not noticed. Every method throws
/// <see cref="IndexUnavailableException"/> when the database cannot be asked.
/// </remarks>
public sealed class EmptiedRepos(IndexDatabase database, TimeProvider time)
{
    // The order by: with it the planner takes the index whatever it thinks of the table, and reads one entry. An account that holds nothing has no
    // last_rkey, since its last pass has met no record.
    static readonly string IsEmptied = $"""
        c.last_rkey is not null
        and case c.collection
            {EachCollection(of => $"(select 1 from {of.Table} t where t.did = c.did order by t.rkey limit 1) is null")}
            else false
        end
        """;

    // Where a record could not be indexed, there may never have been a row.
    static readonly string IsEmptiedWithoutError = $"""
        {IsEmptied}
        and not exists (select 1 from backfill_errors e where e.did = c.did and e.collection in (c.collection, ''))
        """;

    // Where nobody has a row, somebody with an error may have had one, too. Before a run alone: after it, what it has just read would be read again.
    static readonly string IsEmptiedOrTableIs = $"""
        {IsEmptied}
        and (not exists (select 1 from backfill_errors e where e.did = c.did and e.collection in (c.collection, ''))
            or case c.collection
                {EachCollection(of => $"not exists (select 1 from {of.Table})")}
            end)
        """;

    // What the run has read of it, and counted, is not taken back in its middle: it is found before the run ends.
    const string IsYetToBeRead = """
        (not exists (select 1 from repos r where r.did = c.did and r.last_run_id = @runId)
            or (c.run_id = @runId and not c.is_complete))
        """;

    // Not removed: an account of which nothing is known but its name is made less of. No run has the id -1; 0 is by hand.
    const string Forget = """
        update repo_cursors as c set
            run_id = -1,
            cursor = null,
            last_rkey = null,
            listing_order = 'unknown',
            is_complete = false,
            rev = null
        """;

    /// <summary>
    /// Before a run goes on: what it has yet to read of emptied repositories it reads from the beginning, whatever their revs.
    /// </summary>
    /// <returns>How many repositories there are.</returns>
    public Task<int> ForgetAsync(long runId, CancellationToken cancellationToken) => InTransactionAsync(
        async (transaction, token) =>
        {
            var collections = await CollectionsAsync(transaction, IsEmptiedOrTableIs, token);
            if (collections.Count == 0)
                return 0;

            var emptied = $"{IsEmptied} and c.collection {database.AnyOf("@collections")} and {IsYetToBeRead}";
            var by = new { collections = JsonList.Of(collections), runId };
            // A grain that has the state in memory is told by the version that it is not the row's any more.
            var repos = await RunAsync(transaction, $"update repos set version = version + 1 where did in (select c.did from repo_cursors c where {emptied})", by, token);
            await RunAsync(transaction, $"{Forget} where {emptied}", by, token);
            await ReleaseAsync(transaction, collections, token);
            return repos;
        },
        cancellationToken);

    /// <summary>Whether there are any.</summary>
    public Task<bool> AnyAsync(CancellationToken cancellationToken) => InTransactionAsync(
        async (transaction, token) => (await CollectionsAsync(transaction, IsEmptiedWithoutError, token)).Count > 0, cancellationToken);

    /// <summary>
    /// Before a run ends: emptied repositories are to be read in one more round of it, in all their collections, as if the run had not come to them.
    /// </summary>
    /// <returns>How many repositories there are.</returns>
    public Task<int> MarkAsync(long runId, int round, CancellationToken cancellationToken) => InTransactionAsync(
        async (transaction, token) =>
        {
            var collections = await CollectionsAsync(transaction, IsEmptiedWithoutError, token);
            if (collections.Count == 0)
                return 0;

            var by = new { collections = JsonList.Of(collections), runId, round };
            // Phase 0: the run has not been there, and what it counted for it stands in its books already.
            var repos = await RunAsync(
                transaction,
                $"""
                update repos set version = version + 1, phase = 0, is_settled = false, found_by_run = @runId, found_in_round = @round
                where did in (select c.did from repo_cursors c where {IsEmptied} and c.collection {database.AnyOf("@collections")})
                """,
                by,
                token);
            await RunAsync(
                transaction, $"{Forget} where c.did in (select did from repos where found_by_run = @runId and found_in_round = @round)", by, token);
            await ReleaseAsync(transaction, collections, token);
            return repos;
        },
        cancellationToken);

    /// <summary>Writes users again of whom records were read: all that is known of them stands in <c>repos</c>, too.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> RestoreUsersAsync(CancellationToken cancellationToken) => InTransactionAsync(
        (transaction, token) => RunAsync(
            transaction,
            """
            insert into users (did, handle, status, indexed_at)
            select r.did, r.handle, r.status, @now
            from repos r
            where not exists (select 1 from users u where u.did = r.did)
              and exists (select 1 from repo_cursors c where c.did = r.did and c.last_rkey is not null)
            order by r.did
            on conflict (did) do nothing
            """,
            new { now = time.GetUtcNow() },
            token),
        cancellationToken);

    // Read again, a record gets another row: whatever refers to the one that is gone has to wait for it once more, or would refer to nothing for ever.
    async Task ReleaseAsync(DbTransaction transaction, IReadOnlyList<string> emptied, CancellationToken cancellationToken)
    {
        // A repository that is read by hand just now would otherwise have its reply to its own new topic taken for one to nothing: nobody sees that topic until it is committed.
        await database.LockReferencesAsync(transaction, cancellationToken);
        foreach (var target in emptied.Select(CollectionCatalog.Get))
            foreach (var (from, field) in CollectionCatalog.ReferencesTo(target))
                await RunAsync(
                    transaction,
                    $"""
                    update {from.Table} as r set {field.IdColumn} = null
                    where r.{field.IdColumn} is not null
                      and not exists (select 1 from {target.Table} t where t.id = r.{field.IdColumn})
                    """,
                    by: new { },
                    cancellationToken);
    }

    static string EachCollection(Func<RecordCollection, string> isSo) =>
        string.Join("\n            ", CollectionCatalog.All.Select(of => $"when '{of.Nsid}' then {isSo(of)}"));

    static async Task<IReadOnlyList<string>> CollectionsAsync(DbTransaction transaction, string condition, CancellationToken cancellationToken) =>
        (await transaction.Connection!.QueryAsync<string>(new CommandDefinition(
            $"select distinct c.collection from repo_cursors c where {condition}", transaction: transaction, commandTimeout: IndexDatabase.WholeTablePatience, cancellationToken: cancellationToken))).AsList();

    static Task<int> RunAsync(DbTransaction transaction, string sql, object by, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, by, transaction, IndexDatabase.WholeTablePatience, cancellationToken: cancellationToken));

    Task<T> InTransactionAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> act, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await database.BoundAsync(transaction, token);
            var result = await act(transaction, token);
            await transaction.CommitAsync(token);
            return result;
        },
        cancellationToken);
}
