using System.Data.Common;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.AppView.Search;

/// <summary>PostgreSQL's <c>tsvector</c>, in the schema <c>appview</c>. Words are taken as they stand: a forum has more than one language.</summary>
sealed class PostgresSearch(IndexDatabase database) : ISearchIndex
{
    public string Matches => "select post_id as id from appview.post_search where document @@ websearch_to_tsquery('simple', @Query)";

    // It takes anything: quotes, or, and minus mean something, and nothing is an error. But it takes no U+0000.
    public string? Prepare(string typed) => typed.Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } text ? text : null;

    public ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => database.Index.OpenConnectionAsync(cancellationToken);

    public Task CreateAsync(CancellationToken cancellationToken) => ExecuteAsync(
        """
        -- Two sites may start together, and "if not exists" does not wait for the other one.
        select pg_advisory_xact_lock(7020665543811563521);
        -- A role that may not make schemas may not say "if not exists" either.
        do $$ begin
            if to_regnamespace('appview') is null then
                create schema appview;
            end if;
        end $$;
        create table if not exists appview.post_search (
            post_id   bigint primary key,
            cid       text not null,
            document  tsvector not null
        );
        create index if not exists post_search_document on appview.post_search using gin (document);
        """, new { }, cancellationToken);

    public async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select greatest((select coalesce(max(id), 0) from posts), (select coalesce(max(post_id), 0) from appview.post_search))",
            cancellationToken: cancellationToken));
    }

    public Task<int> TakeInAsync(long above, long upTo, CancellationToken cancellationToken) => ExecuteAsync(
        """
        delete from appview.post_search s
        where s.post_id > @Above and s.post_id <= @UpTo and not exists (select 1 from posts p where p.id = s.post_id);

        insert into appview.post_search (post_id, cid, document)
        -- A tsvector holds a megabyte, and some text takes more room there than it had.
        select p.id, p.cid, to_tsvector('simple', coalesce(p.title, '') || ' ' || left(p.text, 100000))
        from posts p
        left join appview.post_search s on s.post_id = p.id
        where p.id > @Above and p.id <= @UpTo and s.cid is distinct from p.cid
        on conflict (post_id) do update set cid = excluded.cid, document = excluded.document;
        """, new { Above = above, UpTo = upTo }, cancellationToken);

    async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }
}
