namespace Atbb.Indexing.Batches;

/// <summary>The statements beside the records' own, on PostgreSQL.</summary>
static class PostgresStateSql
{
    // Every statement here looks rows up by key. The planner must not think otherwise of a table it last saw empty: in the first
    // minutes of a full sync a plan that scans would cost more with every page. And planning anew with every array costs more than it gains.
    // work_mem: the arrays of one transaction, laid out as rows, are larger than the server's default and would go through a file.
    public const string Settings = """
        select set_config('enable_seqscan', 'off', true),
               set_config('enable_bitmapscan', 'off', true),
               set_config('enable_hashjoin', 'off', true),
               set_config('enable_mergejoin', 'off', true),
               set_config('plan_cache_mode', 'force_generic_plan', true),
               set_config('jit', 'off', true),
               set_config('work_mem', '64MB', true),
               set_config('idle_in_transaction_session_timeout', '10s', true)
        """;

    // As above: a process that is stopped inside its transaction must not keep the others waiting for its locks, the one on references above all. The
    // server ends the connection, and what was not written is tried again. Nobody who is well is as slow between two statements.
    // jit: compiling a statement that looks at every repository takes longer than running it.
    public const string BoundTransaction = """
        select set_config('idle_in_transaction_session_timeout', '10s', true),
               set_config('jit', 'off', true)
        """;

    // For a walk along an index of waiting references: entries of rows that wait no more are marked on the way and passed over by the next walk, which a
    // bitmap's would not be, and a scan of the table would read all posts for the few that wait.
    public const string ByIndex = """
        set local enable_seqscan = off;
        set local enable_bitmapscan = off
        """;

    // Two transactions at once, one with a reply and the other with its topic, do not see each other's rows: each would leave the
    // reply waiting for ever. Under this lock, held until commit, the later one sees what the earlier has written.
    public const string LockReferences = """
        select pg_advisory_xact_lock(7021602001)
        """;

    // In the same order as the statement that writes them, before the lock on references: the other way round two silos could wait
    // for one another.
    public const string LockRepos = """
        select did from repos where did = any ($1) order by did for update
        """;

    public const string Removals = """
        select removals from record_removals
        """;

    public const string CountRemoval = """
        update record_removals set removals = removals + 1
        """;

    public const string Users = """
        select did, handle, status from users where did = any ($1)
        """;

    public const string Cursors = """
        select did, collection, run_id, cursor, last_rkey, listing_order, is_complete, rev
        from repo_cursors
        where did = any ($1)
        """;

    public const string Errors = """
        select s.batch, e.collection, e.uri
        from unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
            as s (batch, run_id, did, collection, lower, upper)
        cross join lateral (
            select e.collection, e.uri from backfill_errors e
            where e.backfill_id = s.run_id and e.did = s.did and e.collection = s.collection
              and e.uri >= s.lower and e.uri <= s.upper
            offset 0) e
        """;

    // Compare-and-set: what is not returned had been moved by another writer, or removed. version is the new one, 1 for a new row.
    public const string Repos = """
        insert into repos (
            did, pds, handle, identity_at, rev, status, last_run_id, phase, is_settled,
            records_indexed, records_updated, records_unchanged, records_deleted, records_failed, requests, bytes,
            attempts, retry_after, last_error, synced_at, version, moves, updated_at)
        select r.*, $22::timestamptz
        from unnest(
            $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::bigint[], $8::integer[], $9::boolean[],
            $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
            $17::integer[], $18::timestamptz[], $19::text[], $20::timestamptz[], $21::bigint[], $23::integer[])
            as r (
            did, pds, handle, identity_at, rev, status, last_run_id, phase, is_settled,
            records_indexed, records_updated, records_unchanged, records_deleted, records_failed, requests, bytes,
            attempts, retry_after, last_error, synced_at, version, moves)
        where r.version = 1 or exists (select 1 from repos known where known.did = r.did)
        on conflict (did) do update set
            pds = excluded.pds,
            handle = excluded.handle,
            identity_at = excluded.identity_at,
            rev = excluded.rev,
            status = excluded.status,
            last_run_id = excluded.last_run_id,
            phase = excluded.phase,
            is_settled = excluded.is_settled,
            records_indexed = excluded.records_indexed,
            records_updated = excluded.records_updated,
            records_unchanged = excluded.records_unchanged,
            records_deleted = excluded.records_deleted,
            records_failed = excluded.records_failed,
            requests = excluded.requests,
            bytes = excluded.bytes,
            attempts = excluded.attempts,
            retry_after = excluded.retry_after,
            last_error = excluded.last_error,
            synced_at = excluded.synced_at,
            version = excluded.version,
            moves = excluded.moves,
            updated_at = excluded.updated_at
        where repos.version = excluded.version - 1
        returning did
        """;

    public const string WriteCursors = """
        insert into repo_cursors (did, collection, run_id, cursor, last_rkey, listing_order, is_complete, rev)
        select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[])
        on conflict (did, collection) do update set
            run_id = excluded.run_id,
            cursor = excluded.cursor,
            last_rkey = excluded.last_rkey,
            listing_order = excluded.listing_order,
            is_complete = excluded.is_complete,
            rev = excluded.rev
        """;

    public const string RemoveCursors = """
        delete from repo_cursors c
        using unnest($1::text[], $2::text[]) as k (did, collection)
        where c.did = k.did and c.collection = k.collection
        """;

    public const string WriteUsers = """
        insert into users (did, handle, status, indexed_at)
        select u.*, $4::timestamptz from unnest($1::text[], $2::text[], $3::text[]) as u
        on conflict (did) do update set
            handle = excluded.handle,
            status = excluded.status
        """;

    public const string WriteErrors = """
        insert into backfill_errors (backfill_id, did, collection, uri, cid, kind, error_message, created_at, updated_at)
        select e.*, $8::timestamptz, $8::timestamptz
        from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as e
        on conflict (backfill_id, did, collection, uri) do update set
            cid = excluded.cid,
            kind = excluded.kind,
            error_message = excluded.error_message,
            attempts = backfill_errors.attempts + 1,
            updated_at = excluded.updated_at
        """;

    public const string ClearErrors = """
        delete from backfill_errors e
        using unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as k (backfill_id, did, collection, uri)
        where e.backfill_id = k.backfill_id and e.did = k.did and e.collection = k.collection and e.uri = k.uri
        """;
}
