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

        var names = columns.ConvertAll(column => column.Name);
        Columns = columns.Count;
        Copy = $"copy {table} ({string.Join(", ", names)}) from stdin (format binary)";
        Update = $"""
            update {table} r set
                {string.Join(",\n    ", names.Skip(3).Select(name => $"{name} = changed.{name}"))}
            from unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Type}[]"))}) as changed ({string.Join(", ", names)})
            where r.id = changed.id
            """;
        Recheck = Resolve(collection, collection.References, "found", string.Join("\n    union all\n    ", collection.References.Select((field, i) => $"""
            select k.id, {OnlyOf(field, collection.References, "t.id")}
            from unnest(${3 * i + 1}::bigint[], ${3 * i + 2}::text[], ${3 * i + 3}::text[]) as k (id, did, rkey)
            cross join lateral (
                select t.id from {CollectionCatalog.Get(field.Target!).Table} t where t.did = k.did and t.rkey = k.rkey offset 0) t
            """)));
    }

    /// <summary>
    /// Takes new rows in. Half the cost of an insert from arrays, which the server first takes apart and lays out as rows.
    /// </summary>
    public string Copy { get; }

    /// <summary>How many values a row has in <see cref="Copy"/>.</summary>
    public int Columns { get; }

    /// <summary>Changes rows that are there.</summary>
    public string Update { get; }

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

    /// <summary>Looks rows up by key, and answers by the key's place among those that it was asked for.</summary>
    public string Targets => $"""
        select k.place, t.id
        from unnest($1::text[], $2::text[]) with ordinality as k (did, rkey, place)
        cross join lateral (
            select t.id from {table} t where t.did = k.did and t.rkey = k.rkey offset 0) t
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

    /// <summary>
    /// Resolves rows of this transaction whose targets another one may have brought since they were looked for. Three arrays a reference, in
    /// their order: the rows' ids, and DID and record key of what each waits for. One update per row, as below.
    /// </summary>
    public string Recheck { get; }

    /// <summary>
    /// Resolves rows of one table that have waited for new ones, by any of its references. One update per row: a reply mostly waits for
    /// its root and its parent at once, and each update of a row writes all of its indexes again.
    /// </summary>
    public static string Arrive(RecordCollection from, IReadOnlyList<RecordField> references) => Resolve(from, references, "arrived", $"""
        select waiting.*
        from unnest($1::text[], $2::bigint[]) as n (uri, id)
        cross join lateral (
            {string.Join("\n    union all\n    ", references.Select(field => WaitingFor(from, field, references)))}
            ) waiting
        """);

    // Of rows found once for each of their references, one update for each row.
    static string Resolve(RecordCollection from, IReadOnlyList<RecordField> references, string name, string found) => $"""
        update {from.Table} r set
            {string.Join(",\n    ", references.Select(field => $"{field.IdColumn} = coalesce({name}.{field.IdColumn}, r.{field.IdColumn})"))}
        from (
            select each.id, {string.Join(", ", references.Select(field => $"max(each.{field.IdColumn}) as {field.IdColumn}"))}
            from (
                {found}
                ) each
            group by each.id
            ) {name}
        where r.id = {name}.id
        """;

    // In the words of the index of waiting rows, which holds a number for each URI: a hundred bytes of text that mostly begin alike cost several times as much.
    static string WaitingFor(RecordCollection from, RecordField field, IReadOnlyList<RecordField> references) => $"""
        (select w.id, {OnlyOf(field, references, "n.id")}
         from {from.Table} w
         where hashtextextended(w.{field.Column}, 0) = hashtextextended(n.uri, 0) and w.{field.Column} = n.uri
           and w.{field.IdColumn} is null and w.{field.Column} is not null
         offset 0)
        """;

    static string OnlyOf(RecordField field, IReadOnlyList<RecordField> references, string id) =>
        string.Join(", ", references.Select(other => (other == field ? id : "null::bigint") + $" as {other.IdColumn}"));

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
