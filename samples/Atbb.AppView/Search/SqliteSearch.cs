using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Atbb.AppView.Search;

/// <summary>SQLite's FTS5, in a file beside the index: a file has one writer at a time, and the index's is the service.</summary>
sealed class SqliteSearch(string indexFile) : ISearchIndex
{
    readonly string searchFile = Path.ChangeExtension(indexFile, ".search" + Path.GetExtension(indexFile));

    public string Matches => "select rowid as id from post_search where post_search match @Query";

    // Each word in quotes: outside of them FTS5 has a language, and answers mistakes in it with errors.
    public string? Prepare(string typed)
    {
        var words = typed.Replace("\0", "", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Any(char.IsLetterOrDigit))
            .Select(word => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")
            .ToList();
        return words.Count == 0 ? null : string.Join(' ', words);
    }

    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // What is attached is opened in the same way: a file that is not there is an error, and no empty index.
        var connection = NewConnection(SqliteOpenMode.ReadWrite);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition("attach database @indexFile as forum", new { indexFile }, cancellationToken: cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return connection;
    }

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var connection = NewConnection(SqliteOpenMode.ReadWriteCreate);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            pragma journal_mode = wal;
            create virtual table if not exists post_search using fts5 (title, text, tokenize = 'unicode61 remove_diacritics 2');
            create table if not exists taken_in (post_id integer primary key, cid text not null);
            """, cancellationToken: cancellationToken));
    }

    public async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select max((select coalesce(max(id), 0) from posts), (select coalesce(max(post_id), 0) from taken_in))", cancellationToken: cancellationToken));
    }

    // The first statement takes this file's place of a writer, so that whoever else writes to it waits. "begin immediate" takes that of every file that is
    // attached, so the index's too, and the service waited for the site.
    public Task<int> TakeInAsync(long above, long upTo, CancellationToken cancellationToken) => ExecuteAsync(
        """
        begin;
        delete from taken_in where false;
        create temp table stale as
            select s.post_id from taken_in s left join posts p on p.id = s.post_id
            where s.post_id > @Above and s.post_id <= @UpTo and p.cid is not s.cid;
        delete from post_search where rowid in (select post_id from stale);
        delete from taken_in where post_id in (select post_id from stale);
        drop table stale;

        create temp table missing as
            select p.id from posts p left join taken_in s on s.post_id = p.id
            where p.id > @Above and p.id <= @UpTo and s.post_id is null;
        insert into post_search (rowid, title, text) select id, coalesce(title, ''), substr(text, 1, 100000) from posts where id in (select id from missing);
        insert into taken_in (post_id, cid) select id, cid from posts where id in (select id from missing);
        drop table missing;
        commit;
        """, new { Above = above, UpTo = upTo }, cancellationToken);

    // Not pooled: the index's file is attached to each connection.
    SqliteConnection NewConnection(SqliteOpenMode mode) => new(new SqliteConnectionStringBuilder { DataSource = searchFile, Mode = mode, Pooling = false }.ToString());

    async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
