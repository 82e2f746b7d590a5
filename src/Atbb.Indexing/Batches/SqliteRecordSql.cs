using System.Collections.Concurrent;
using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>The statements on one table of records, on SQLite: a row each, prepared once.</summary>
sealed class SqliteRecordSql
{
    static readonly ConcurrentDictionary<RecordCollection, SqliteRecordSql> All = [];

    SqliteRecordSql(RecordCollection collection)
    {
        var table = collection.Table;
        string[] columns =
        [
            "id", "did", "rkey", "cid", "record", "created_at", "indexed_at",
            .. collection.Fields.Select(field => field.Column),
            .. collection.References.Select(reference => reference.IdColumn!),
        ];
        Upsert = $"""
            insert into {table} ({string.Join(", ", columns)})
            values ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})
            on conflict (did, rkey) do update set
                {string.Join(",\n    ", columns.Skip(3).Select(column => $"{column} = excluded.{column}"))}
            """;
        Existing = $"""
            select rkey, cid, id from {table}
            where did = $1 and rkey >= $2 and rkey <= $3
              and ($4 or rkey <> $2) and ($5 or rkey <> $3)
            """;
        Target = $"select id from {table} where did = $1 and rkey = $2";
        LastId = $"select coalesce(max(seq), 0) from sqlite_sequence where name = '{table}'";
        Delete = $"delete from {table} where id = $1";
    }

    public string Upsert { get; }

    public string Existing { get; }

    public string Target { get; }

    public string LastId { get; }

    public string Delete { get; }

    public static SqliteRecordSql Of(RecordCollection collection) => All.GetOrAdd(collection, static collection => new SqliteRecordSql(collection));

    /// <summary>Whether any row waits at all: asked once, where otherwise every new row would be looked for.</summary>
    public static string AnyWaiting(CollectionReference reference) => $"""
        select 1 from {reference.From.Table}
        where {reference.Field.IdColumn} is null and {reference.Field.Column} is not null
        limit 1
        """;

    /// <summary>Resolves rows that have waited for a new one.</summary>
    public static string Arrive(CollectionReference reference) => $"""
        update {reference.From.Table} set {reference.Field.IdColumn} = $2
        where {reference.Field.Column} = $1 and {reference.Field.IdColumn} is null and {reference.Field.Column} is not null
        """;

    /// <summary>Makes rows wait whose target has been removed.</summary>
    public static string Leave(CollectionReference reference) => $"""
        update {reference.From.Table} set {reference.Field.IdColumn} = null
        where {reference.Field.IdColumn} = $1
        """;
}
