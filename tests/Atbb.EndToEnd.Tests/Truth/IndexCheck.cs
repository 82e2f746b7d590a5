using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>Holds an index against repositories, row by row, and a run's figures against what they must be.</summary>
static class IndexCheck
{
    // Table, column of the URI, column of the id, and the table and collection it points into.
    static readonly (string Table, string Uri, string Id, string Target, string Collection)[] References =
    [
        ("categories", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        ("boards", "category_uri", "category_id", "categories", "space.atbb.forum.category"),
        ("memberships", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        ("memberships", "role_uri", "role_id", "roles", "space.atbb.forum.role"),
        ("posts", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        ("posts", "board_uri", "board_id", "boards", "space.atbb.forum.board"),
        ("posts", "root_uri", "root_post_id", "posts", "space.atbb.post"),
        ("posts", "parent_uri", "parent_post_id", "posts", "space.atbb.post"),
        ("mod_actions", "subject_post_uri", "subject_post_id", "posts", "space.atbb.post"),
    ];

    // Column, and where the record says it. In a mixed table of topics and replies each of them is filled somewhere.
    static readonly (string Table, string Column, string Json)[] Columns =
    [
        ("boards", "name", "record ->> 'name'"),
        ("posts", "title", "record ->> 'title'"),
        ("posts", "text", "record ->> 'text'"),
        ("posts", "board_uri", "record -> 'board' -> 'board' ->> 'uri'"),
        ("posts", "root_uri", "record -> 'reply' -> 'root' ->> 'uri'"),
        ("posts", "parent_uri", "record -> 'reply' -> 'parent' ->> 'uri'"),
    ];

    /// <summary>The index is what the repositories are, and the run has counted what it did, once.</summary>
    /// <param name="index">The index.</param>
    /// <param name="run">The run, as the process shows it.</param>
    /// <param name="now">What the repositories hold.</param>
    /// <param name="before">What the index held; null: nothing.</param>
    /// <param name="context">For the message.</param>
    public static async Task AssertAsync(IndexDatabase index, RunFigures run, ForumSnapshot now, ForumSnapshot? before, string context)
    {
        var differences = new Differences();
        differences.Compare(now.Rows, await IndexRows.ReadAsync(index));
        await CompareReferencesAsync(index, differences);
        await CompareUsersAsync(index, now, differences);
        await CompareReposAsync(index, now, differences);
        await CompareRunAsync(index, run, now, before, differences);
        differences.AssertNone(context);
    }

    /// <summary>Every reference whose target is in the index points at it, and no other points anywhere; columns say what records say.</summary>
    public static async Task CompareReferencesAsync(IndexDatabase index, Differences differences)
    {
        foreach (var (table, uri, id, target, collection) in References)
        {
            var wrong = await IndexReader.QueryAsync(index, $"""
                select s.did, s.rkey, s.{uri}, s.{id}, t.id
                from {table} s
                left join {target} t on 'at://' || t.did || '/{collection}/' || t.rkey = s.{uri}
                where s.{id} is distinct from t.id
                """);
            foreach (var row in wrong)
                differences.Add($"{table}.{id} of {row[0]}/{row[1]} (to {row[2]}): expected '{row[4]}', found '{row[3]}'");
        }

        foreach (var (table, column, json) in Columns)
        {
            var wrong = await IndexReader.QueryAsync(index, $"select did, rkey, {column}, {json} from {table} where {column} is distinct from {json}");
            foreach (var row in wrong)
                differences.Add($"{table}.{column} of {row[0]}/{row[1]}: expected '{row[3]}', found '{row[2]}'");
        }
    }

    static async Task CompareUsersAsync(IndexDatabase index, ForumSnapshot now, Differences differences)
    {
        var users = (await IndexReader.QueryAsync(index, "select did, handle, status from users")).ToDictionary(row => row[0]);
        foreach (var (did, handle) in now.Handles)
        {
            if (!users.TryGetValue(did, out var user))
                differences.Add($"users: {did} is missing");
            else
                differences.Compare($"users: {did}", (handle, "active"), (user[1], user[2]));
        }
    }

    static async Task CompareReposAsync(IndexDatabase index, ForumSnapshot now, Differences differences)
    {
        var repos = (await IndexReader.QueryAsync(index, "select did, rev, status, attempts from repos")).ToDictionary(row => row[0]);
        foreach (var (did, rev) in now.Revs)
        {
            if (!repos.TryGetValue(did, out var repo))
                differences.Add($"repos: {did} is missing");
            else
                differences.Compare($"repos: {did}", (rev, "active", "0"), (repo[1], repo[2], repo[3]));
        }
    }

    static async Task CompareRunAsync(IndexDatabase index, RunFigures run, ForumSnapshot now, ForumSnapshot? before, Differences differences)
    {
        differences.Compare("status", "completed", run.Status);
        differences.Compare("didsDone", now.Revs.Count, run.DidsDone);
        differences.Compare("didsTotal", now.Revs.Count, run.DidsTotal);
        differences.Compare("inFlight, deferred", (0, 0), (run.InFlight, run.Deferred));
        differences.Compare("counts", now.CountsAfter(before), run.Counts);

        var row = await IndexReader.QueryAsync(index, $"""
            select status, backfill_type, dids_processed, records_indexed, records_updated, records_unchanged, records_deleted, records_failed, completed_at
            from backfill_progress
            where id = {run.RunId}
            """);
        var shown = $"{run.Status} {run.Type} {run.DidsDone} {run.RecordsIndexed} {run.RecordsUpdated} {run.RecordsUnchanged} {run.RecordsDeleted} {run.RecordsFailed}";
        differences.Compare("row of backfill_progress", shown, row.Count == 1 ? string.Join(' ', row[0][..^1]) : $"{row.Count} rows");
        if (row.Count == 1)
            differences.Compare("completed_at is set", true, row[0][^1].Length > 0);

        var errors = await IndexReader.QueryAsync(index, "select kind, did, uri, error_message from backfill_errors order by id");
        foreach (var error in errors)
            differences.Add($"backfill_errors: {string.Join(' ', error)}");
    }
}
