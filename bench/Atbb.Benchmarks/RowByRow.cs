using System.Data.Common;
using System.Globalization;
using System.Text;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Benchmarks;

/// <summary>
/// The plain way to write posts, as a baseline: for each a lookup of every record that it names, then one statement that inserts or changes its row; a
/// transaction for each page. It does less than the index: no row is removed, none that has waited for a new one is resolved, and nothing is kept of the repository.
/// </summary>
sealed class RowByRow(DbConnection connection, DatabaseKind kind) : IAsyncDisposable
{
    readonly string upsert = $"""
        insert into posts (
            did, rkey, cid, record, created_at, indexed_at, title, text,
            forum_uri, board_uri, root_uri, parent_uri, forum_id, board_id, root_post_id, parent_post_id)
        values (
            @Did, @Rkey, @Cid, {(kind is DatabaseKind.PostgreSql ? "cast(@Json as jsonb)" : "@Json")}, @CreatedAt, @Now, @Title, @Text,
            @ForumUri, @BoardUri, @RootUri, @ParentUri, @ForumId, @BoardId, @RootId, @ParentId)
        on conflict (did, rkey) do update set
            cid = excluded.cid,
            record = excluded.record,
            created_at = excluded.created_at,
            indexed_at = excluded.indexed_at,
            title = excluded.title,
            text = excluded.text,
            forum_uri = excluded.forum_uri,
            board_uri = excluded.board_uri,
            root_uri = excluded.root_uri,
            parent_uri = excluded.parent_uri,
            forum_id = excluded.forum_id,
            board_id = excluded.board_id,
            root_post_id = excluded.root_post_id,
            parent_post_id = excluded.parent_post_id
        -- The same CID is the same record: its row is left alone, as the index leaves it.
        where posts.cid <> excluded.cid
        """;

    public static async Task<RowByRow> OpenAsync(IndexDatabase database) => new(await database.Index.OpenConnectionAsync(), database.Target.Kind);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>Writes a page, and says how many rows that touched.</summary>
    public async Task<int> WriteAsync(string did, IReadOnlyList<SourceRecord> page)
    {
        var touched = 0;
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var record in page)
        {
            var row = ObjectTree.Read(did, record);
            var ids = new long?[row.Targets.Length];
            for (var i = 0; i < ids.Length; i++)
                if (row.Targets[i] is { } target)
                    ids[i] = await connection.ExecuteScalarAsync<long?>(
                        $"select id from {CollectionCatalog.Get(target.Collection.Value).Table} where did = @Did and rkey = @Rkey",
                        new { Did = target.Did.Value, Rkey = target.Rkey.Value },
                        transaction);

            touched += await connection.ExecuteAsync(
                upsert,
                new
                {
                    Did = did,
                    row.Rkey,
                    row.Cid,
                    Json = Encoding.UTF8.GetString(row.Json.Span),
                    CreatedAt = new DateTimeOffset(row.CreatedAt!.Value),
                    Now = TimeProvider.System.GetUtcNow(),
                    Title = row.Values[0] as string,
                    Text = row.Values[1] as string,
                    ForumUri = row.Values[2] as string,
                    BoardUri = row.Values[3] as string,
                    RootUri = row.Values[4] as string,
                    ParentUri = row.Values[5] as string,
                    ForumId = ids[0],
                    BoardId = ids[1],
                    RootId = ids[2],
                    ParentId = ids[3],
                },
                transaction);
        }

        await transaction.CommitAsync();
        return touched;
    }

    /// <summary>Removes a repository's posts.</summary>
    public Task RemoveAsync(string did) => connection.ExecuteAsync("delete from posts where did = @did", new { did });

    /// <summary>
    /// A repository's posts as they stand in the table, whoever wrote them: all columns but the row's own id and time of writing. A post that is referred to
    /// stands for its id, since that is another one when it is written again.
    /// </summary>
    public async Task<List<string>> ReadAsync(string did)
    {
        const string sql = """
            select
                p.rkey, p.cid, cast(p.record as text), p.created_at, p.title, p.text, p.deleted,
                p.forum_uri, p.forum_id,
                p.board_uri, p.board_id,
                p.root_uri, root.did || '/' || root.rkey,
                p.parent_uri, parent.did || '/' || parent.rkey
            from posts p
            left join posts root on root.id = p.root_post_id
            left join posts parent on parent.id = p.parent_post_id
            where p.did = @did
            order by p.rkey
            """;
        var rows = new List<string>();
        await using var reader = await connection.ExecuteReaderAsync(sql, new { did });
        while (await reader.ReadAsync())
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }
}
