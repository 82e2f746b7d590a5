using System.Data.Common;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Dapper;

namespace Atbb.Indexing.Discovery;

/// <summary>What a run finds besides the repositories it knew: what relays list, and who is named in records.</summary>
/// <remarks>
/// Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked. A repository that is known already, as one or
/// as a user, stays as it is: the run reads it anyway. The exception is one that was named before and exists nowhere: no run reads it, until it
/// is named again <see cref="LookUpAgainAfter"/> later. So a list of invented names, however long, costs a look-up each, and not one in each run.
/// </remarks>
public sealed class DiscoveryStore(IndexDatabase database, TimeProvider time)
{
    /// <summary>How long a repository that exists nowhere is not looked up again, whoever names it: as long as a DID document is believed.</summary>
    public static readonly TimeSpan LookUpAgainAfter = TimeSpan.FromDays(7);

    // Each page goes through all that waits once more.
    const int ReferencesAtOnce = 10_000;

    readonly string addSql = $"""
        insert into repos (did, status, version, updated_at, found_by_run, found_in_round)
        select listed.value, @pending, 1, @now, @runId, @round
        from {database.RowsOf("@dids")} listed
        where not exists (select 1 from users u where u.did = listed.value)
        on conflict (did) do update set
            found_by_run = excluded.found_by_run,
            found_in_round = excluded.found_in_round
        where {Hearsay.Due}
        """;

    // Who wrote what is referred to and not in the index: those references wait with their id null, and partial indexes hold them alone, so this
    // costs what is missing and not what is there.
    readonly string referencedSql = $"""
        select named.did
        from (
            select {database.DidOf("root_uri")} as did from posts where root_post_id is null and root_uri is not null
            union
            select {database.DidOf("parent_uri")} from posts where parent_post_id is null and parent_uri is not null
            union
            select {database.DidOf("forum_uri")} from memberships where forum_id is null and forum_uri is not null
            union
            select {database.DidOf("subject_post_uri")} from mod_actions where subject_post_id is null and subject_post_uri is not null
            union
            select subject_did from mod_actions where subject_did is not null
            union
            select created_by from mod_actions where created_by is not null
        ) named
        where named.did > @after
          -- Who can have no account is never noted, and would be gone through by every look again.
          and ((substr(named.did, 1, 8) = 'did:plc:' and length(named.did) = {Did.LengthOfPlc} and rtrim(substr(named.did, 9), 'abcdefghijklmnopqrstuvwxyz234567') = '')
            or (named.did like 'did:web:%.%' and substr(named.did, 9) not like '%:%' and replace(named.did, '%', '') = named.did))
          and not exists (select 1 from repos where repos.did = named.did and not ({Hearsay.Due}))
          and not exists (select 1 from users u where u.did = named.did)
        order by named.did
        limit @limit
        """;

    /// <summary>How far a run has read a listing; at its beginning when it has not, or another run has.</summary>
    public Task<RelayListing> LoadAsync(long runId, string relay, string collection, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) => await connection.QuerySingleOrDefaultAsync<RelayListing>(new CommandDefinition(
            """
            select
                relay as "Relay",
                collection as "Collection",
                run_id as "RunId",
                status as "Status",
                cursor as "Cursor",
                dids_listed as "DidsListed",
                dids_found as "DidsFound",
                dids_skipped as "DidsSkipped",
                requests as "Requests",
                bytes as "Bytes",
                last_error as "LastError"
            from relay_listings
            where relay = @relay and collection = @collection and run_id = @runId
            """,
            new { runId, relay, collection },
            cancellationToken: token)) ?? new RelayListing { RunId = runId, Relay = relay, Collection = collection },
        cancellationToken);

    /// <summary>Writes a page: its repositories, and how far the listing is read with it, in one transaction.</summary>
    /// <param name="listing">The listing after the page.</param>
    /// <param name="dids">The repositories on it; those that no account of the AT Protocol can have are passed over.</param>
    /// <param name="round">In which round of the run those are read of which nobody knew.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listing, with what was new counted.</returns>
    public Task<RelayListing> SaveAsync(RelayListing listing, IReadOnlyCollection<Did> dids, int round, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listing);
        return InTransactionAsync(
            async (transaction, token) =>
            {
                var found = await AddAsync(transaction, listing.RunId, round, dids, token);
                var after = listing with { DidsFound = listing.DidsFound + found };
                await WriteAsync(transaction, after, token);
                return after;
            },
            cancellationToken);
    }

    /// <summary>Ends a listing that could not be read to its end, with an error row of its run.</summary>
    /// <param name="listing">The listing as far as it was read.</param>
    /// <param name="kind">The class of the failure.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listing, ended.</returns>
    public Task<RelayListing> GiveUpAsync(RelayListing listing, string kind, string message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listing);
        var ended = listing with { Status = RelayListing.GivenUp, LastError = StorableText.Of(message) };
        return InTransactionAsync(
            async (transaction, token) =>
            {
                await WriteAsync(transaction, ended, token);
                // No repository's error: its address is the relay's.
                await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                    """
                    insert into backfill_errors (backfill_id, did, collection, uri, kind, error_message, created_at, updated_at)
                    values (@RunId, '', @Collection, @Relay, @kind, @LastError, @now, @now)
                    on conflict (backfill_id, did, collection, uri) do nothing
                    """,
                    new { ended.RunId, ended.Collection, ended.Relay, kind, ended.LastError, now = time.GetUtcNow() },
                    transaction,
                    cancellationToken: token));
                return ended;
            },
            cancellationToken);
    }

    /// <summary>What a run has spent on relays.</summary>
    public Task<RepoCounts> SpentAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            var spent = default(RepoCounts);
            // The casts: PostgreSQL sums whole numbers up to a numeric.
            await connection.ReadAsync(
                new CommandDefinition(
                    """
                    select cast(coalesce(sum(requests), 0) as bigint), cast(coalesce(sum(bytes), 0) as bigint)
                    from relay_listings
                    where run_id = @runId
                    """,
                    new { runId },
                    cancellationToken: token),
                row => spent = new RepoCounts { Requests = row.GetInt64(0), Bytes = row.GetInt64(1) });
            return spent;
        },
        cancellationToken);

    /// <summary>
    /// Listings that a run has read to their end and that name fewer repositories than are known to hold such records: those relays are behind, or do not
    /// look at every host.
    /// </summary>
    public Task<IReadOnlyList<ShortListing>> ListShortAsync(long runId, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyList<ShortListing>> (connection, token) =>
        {
            var listings = new List<ShortListing>();
            await connection.ReadAsync(
                new CommandDefinition(
                    """
                    select relay, collection, dids_listed, held
                    from (
                        select l.relay, l.collection, l.dids_listed, (
                            select count(*)
                            from repo_cursors c
                            join repos r on r.did = c.did
                            where c.collection = l.collection and c.last_rkey is not null and r.status = @active) as held
                        from relay_listings l
                        where l.run_id = @runId and l.status = @completed) listings
                    where dids_listed < held
                    order by relay, collection
                    """,
                    new { runId, active = RepoStatus.Active.Stored(), completed = RelayListing.Completed },
                    commandTimeout: IndexDatabase.WholeTablePatience,
                    cancellationToken: token),
                row => listings.Add(new ShortListing { Relay = row.GetString(0), Collection = row.GetString(1), Listed = row.GetInt64(2), Held = row.GetInt64(3) }));
            return listings;
        },
        cancellationToken);

    /// <summary>Notes whoever is named in records and not known yet: authors of what is referred to, and whom moderators dealt with.</summary>
    /// <param name="runId">The run that finds them.</param>
    /// <param name="round">In which of its rounds they are read.</param>
    /// <param name="most">How many are enough: records are written by strangers, and may name ever new accounts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were new.</returns>
    public async Task<long> AddReferencedAsync(long runId, int round, long most, CancellationToken cancellationToken)
    {
        long added = 0;
        var after = "";
        while (true)
        {
            var named = await NamedAfterAsync(runId, after, Math.Min(ReferencesAtOnce, most - added), cancellationToken);
            if (named.Count == 0)
                return added;

            // A moderator's subject may be any text.
            List<Did> dids = [.. named.Select(text => Did.TryParse(text, out var did) ? did : (Did?)null).OfType<Did>()];
            added += await InTransactionAsync((transaction, token) => AddAsync(transaction, runId, round, dids, token), cancellationToken);
            after = named[^1];
        }
    }

    Task<IReadOnlyList<string>> NamedAfterAsync(long runId, string after, long limit, CancellationToken cancellationToken) => InTransactionAsync(
        async Task<IReadOnlyList<string>> (transaction, token) =>
        {
            await database.ByIndexAsync(transaction, token);
            return (await transaction.Connection!.QueryAsync<string>(new CommandDefinition(
                referencedSql,
                new { runId, after, limit, dueBefore = time.GetUtcNow() - LookUpAgainAfter },
                transaction,
                IndexDatabase.WholeTablePatience,
                cancellationToken: token))).AsList();
        },
        cancellationToken);

    Task<int> AddAsync(DbTransaction transaction, long runId, int round, IEnumerable<Did> dids, CancellationToken cancellationToken)
    {
        // No others: anybody can be named by anybody, and a DID that cannot be any account's would be asked for in vain, run after run.
        // By byte order: two writers that add the same ones must not wait for one another in a circle.
        var listed = JsonList.Of(dids.Where(did => did.IsOfAtProto).Select(did => did.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(
            addSql,
            new { dids = listed, pending = RepoStatus.Pending.Stored(), now = time.GetUtcNow(), dueBefore = time.GetUtcNow() - LookUpAgainAfter, runId, round },
            transaction,
            cancellationToken: cancellationToken));
    }

    Task<int> WriteAsync(DbTransaction transaction, RelayListing listing, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            insert into relay_listings (
                relay, collection, run_id, status, cursor, dids_listed, dids_found, dids_skipped, requests, bytes, last_error, updated_at)
            values (
                @Relay, @Collection, @RunId, @Status, @Cursor, @DidsListed, @DidsFound, @DidsSkipped, @Requests, @Bytes, @LastError, @now)
            on conflict (relay, collection) do update set
                run_id = excluded.run_id,
                status = excluded.status,
                cursor = excluded.cursor,
                dids_listed = excluded.dids_listed,
                dids_found = excluded.dids_found,
                dids_skipped = excluded.dids_skipped,
                requests = excluded.requests,
                bytes = excluded.bytes,
                last_error = excluded.last_error,
                updated_at = excluded.updated_at
            """,
            new
            {
                listing.Relay,
                listing.Collection,
                listing.RunId,
                listing.Status,
                listing.Cursor,
                listing.DidsListed,
                listing.DidsFound,
                listing.DidsSkipped,
                listing.Requests,
                listing.Bytes,
                listing.LastError,
                now = time.GetUtcNow(),
            },
            transaction,
            cancellationToken: cancellationToken));

    Task<T> InTransactionAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken cancellationToken) => database.QueryAsync(
        async (connection, token) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await database.BoundAsync(transaction, token);
            var result = await write(transaction, token);
            await transaction.CommitAsync(token);
            return result;
        },
        cancellationToken);
}
