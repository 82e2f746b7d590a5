namespace Atbb.Indexing.Batches;

/// <summary>The statements beside the records' own, on SQLite.</summary>
static class SqliteStateSql
{
    public const string User = """
        select handle, status from users where did = $1
        """;

    public const string Cursors = """
        select collection, run_id, cursor, last_rkey, listing_order, is_complete, rev
        from repo_cursors
        where did = $1
        """;

    public const string Errors = """
        select collection, uri from backfill_errors
        where backfill_id = $1 and did = $2 and collection = $3 and uri >= $4 and uri <= $5
        """;

    // Compare-and-set: no row touched means that another writer had moved it, or removed it. version is the new one, 1 for a new row.
    public const string Repo = """
        insert into repos (
            did, pds, handle, identity_at, rev, status, last_run_id, phase, is_settled,
            records_indexed, records_updated, records_unchanged, records_deleted, records_failed, requests, bytes,
            attempts, retry_after, last_error, synced_at, version, updated_at, moves)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
        where $21 = 1 or exists (select 1 from repos known where known.did = $1)
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
            updated_at = excluded.updated_at,
            moves = excluded.moves
        where repos.version = excluded.version - 1
        """;

    public const string RemoveCursor = """
        delete from repo_cursors where did = $1 and collection = $2
        """;

    public const string WriteCursor = """
        insert into repo_cursors (did, collection, run_id, cursor, last_rkey, listing_order, is_complete, rev)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (did, collection) do update set
            run_id = excluded.run_id,
            cursor = excluded.cursor,
            last_rkey = excluded.last_rkey,
            listing_order = excluded.listing_order,
            is_complete = excluded.is_complete,
            rev = excluded.rev
        """;

    public const string WriteUser = """
        insert into users (did, handle, status, indexed_at)
        values ($1, $2, $3, $4)
        on conflict (did) do update set
            handle = excluded.handle,
            status = excluded.status
        """;

    public const string ClearError = """
        delete from backfill_errors where backfill_id = $1 and did = $2 and collection = $3 and uri = $4
        """;

    public const string WriteError = """
        insert into backfill_errors (backfill_id, did, collection, uri, cid, kind, error_message, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        on conflict (backfill_id, did, collection, uri) do update set
            cid = excluded.cid,
            kind = excluded.kind,
            error_message = excluded.error_message,
            attempts = attempts + 1,
            updated_at = excluded.updated_at
        """;
}
