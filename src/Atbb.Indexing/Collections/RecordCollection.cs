namespace Atbb.Indexing.Collections;

/// <summary>All there is to say about one collection: whose it is, its table, and how its records become rows.</summary>
public sealed class RecordCollection
{
    internal RecordCollection(string nsid, CollectionOwner owner, string table, params IReadOnlyList<RecordField> fields)
    {
        Nsid = nsid;
        Name = AtProto.Syntax.Nsid.Parse(nsid);
        Owner = owner;
        Table = table;
        CreatedAt = fields.Single(field => field.Column == RecordField.CreatedAt.Column);
        Fields = [.. fields.Where(field => field != CreatedAt)];
        References = [.. Fields.Where(field => field.Kind == FieldKind.Reference)];
        Root = FieldNode.Tree([.. Fields, CreatedAt]);
    }

    /// <summary>The collection's name, as text.</summary>
    public string Nsid { get; }

    /// <summary>The collection's name.</summary>
    public AtProto.Syntax.Nsid Name { get; }

    /// <summary>In whose repositories it is read.</summary>
    public CollectionOwner Owner { get; }

    /// <summary>The table of its records.</summary>
    public string Table { get; }

    /// <summary>The fields that have a column of their own, in the columns' order.</summary>
    internal IReadOnlyList<RecordField> Fields { get; }

    /// <summary>Those of the fields that name other records.</summary>
    internal IReadOnlyList<RecordField> References { get; }

    /// <summary>The date every table has a column for.</summary>
    internal RecordField CreatedAt { get; }

    /// <summary>The fields as a tree, for reading.</summary>
    internal FieldNode Root { get; }

    /// <summary>Of these fields, by path, a record needs at least one.</summary>
    internal IReadOnlyList<string> OneOf { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Nsid;
}
