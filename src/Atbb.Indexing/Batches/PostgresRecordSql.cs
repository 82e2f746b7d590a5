using System.Collections.Concurrent;
using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>
/// The statements on one table of records, on PostgreSQL. Built once per collection. "lateral (… offset 0)" keeps the planner from turning
/// a lookup per key into a join: planned while a table is empty, that join reads all of it ever after.
/// </summary>
sealed class PostgresRecordSql
{
    static readonly ConcurrentDictionary<RecordCollection, PostgresRecordSql> All = [];

    readonly string table;

    PostgresRecordSql(RecordCollection collection)
    {
        table = collection.Table;
        var columns = new List<(string Name, string Type)> { ("id", "bigint"), ("did", "text"), ("rkey", "text"), ("cid", "text"), ("record", "jsonb"), ("created_at", "timestamptz"), ("indexed_at", "timestamptz") };
        foreach (var field in collection.Fields)
            columns.Add((field.Column, TypeOf(field.Kind)));
        foreach (var reference in collection.References)
            columns.Add((reference.IdColumn!, "bigint"));

        Upsert = $"""
            insert into {table} ({string.Join(", ", columns.Select(column => column.Name))})
            select * from unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Type}[]"))})
            on conflict (did, rkey) do update set
                {string.Join(",\n    ", columns.Skip(3).Select(column => $"{column.Name} = excluded.{column.Name}"))}
            """;
    }

    /// <summary>Adds rows, or changes those that are there.</summary>
    public string Upsert { get; }

    /// <summary>Reads the keys in stretches.</summary>
    public string Existing => $"""
        select s.batch, r.rkey, r.cid, r.id
        from unnest($1::integer[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::boolean[])
            as s (batch, did, lower, lower_inclusive, upper, upper_inclusive)
        cross join lateral (
            select r.rkey, r.cid, r.id from {table} r
            where r.did = s.did
              -- Both bounds inclusive, so that the index is entered at one and left at the other.
              and r.rkey >= s.lower and r.rkey <= s.upper
              and (s.lower_inclusive or r.rkey <> s.lower)
              and (s.upper_inclusive or r.rkey <> s.upper)
            offset 0) r
        """;

    /// <summary>Looks rows up by key.</summary>
    public string Targets => $"""
        select t.did, t.rkey, t.id
        from unnest($1::text[], $2::text[]) as k (did, rkey)
        cross join lateral (
            select t.did, t.rkey, t.id from {table} t where t.did = k.did and t.rkey = k.rkey offset 0) t
        """;

    /// <summary>Reserves ids. "offset 0" looks the sequence up once, and not for each id.</summary>
    public string ReserveIds => $"""
        select nextval(ids.name)
        from (select pg_get_serial_sequence('{table}', 'id')::regclass as name offset 0) ids
        cross join generate_series(1, $1)
        """;

    /// <summary>Removes rows.</summary>
    public string Delete => $"""
        delete from {table} where id = any ($1)
        """;

    public static PostgresRecordSql Of(RecordCollection collection) => All.GetOrAdd(collection, static collection => new PostgresRecordSql(collection));

    /// <summary>Resolves rows of this transaction whose target another one may have brought since it was looked for.</summary>
    public static string Recheck(RecordCollection from, RecordField reference, RecordCollection target) => $"""
        update {from.Table} r set {reference.IdColumn} = found.target
        from (
            select k.id, t.id as target
            from unnest($1::bigint[], $2::text[], $3::text[]) as k (id, did, rkey)
            cross join lateral (
                select t.id from {target.Table} t where t.did = k.did and t.rkey = k.rkey offset 0) t
            ) found
        where r.id = found.id
        """;

    /// <summary>
    /// Resolves rows of one table that have waited for new ones, by any of its references. One update per row: a reply mostly waits for
    /// its root and its parent at once, and each update of a row writes all of its indexes again.
    /// </summary>
    public static string Arrive(RecordCollection from, IReadOnlyList<RecordField> references) => $"""
        update {from.Table} r set
            {string.Join(",\n    ", references.Select(field => $"{field.IdColumn} = coalesce(arrived.{field.IdColumn}, r.{field.IdColumn})"))}
        from (
            select waiting.id, {string.Join(", ", references.Select(field => $"max(waiting.{field.IdColumn}) as {field.IdColumn}"))}
            from unnest($1::text[], $2::bigint[]) as n (uri, id)
            cross join lateral (
                {string.Join("\n        union all\n        ", references.Select(field => WaitingFor(from, field, references)))}
                ) waiting
            group by waiting.id
            ) arrived
        where r.id = arrived.id
        """;

    // In the words of the index of waiting rows.
    static string WaitingFor(RecordCollection from, RecordField field, IReadOnlyList<RecordField> references) => $"""
        (select w.id, {string.Join(", ", references.Select(other => (other == field ? "n.id" : "null::bigint") + $" as {other.IdColumn}"))}
         from {from.Table} w
         where w.{field.Column} = n.uri and w.{field.IdColumn} is null and w.{field.Column} is not null
         offset 0)
        """;

    /// <summary>Makes rows wait whose target has been removed.</summary>
    public static string Leave(CollectionReference reference) => $"""
        update {reference.From.Table} r set {reference.Field.IdColumn} = null
        where r.{reference.Field.IdColumn} = any ($1)
        """;

    static string TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Integer => "bigint",
        FieldKind.Date => "timestamptz",
        FieldKind.TextList => "jsonb",
        _ => "text",
    };
}
