namespace Atbb.Indexing.Collections;

/// <summary>One field of a record and its column.</summary>
/// <param name="Path">Names from the record inwards, joined by dots.</param>
/// <param name="Column">The column; for a reference, the one of the URI.</param>
/// <param name="Kind">What it holds.</param>
sealed record RecordField(string Path, string Column, FieldKind Kind)
{
    /// <summary>Whether a record without it cannot be indexed.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What the column holds when the field is absent.</summary>
    public string? Default { get; init; }

    /// <summary>For a reference: the collection of the record it names.</summary>
    public string? Target { get; init; }

    /// <summary>For a reference: the column of the row's id.</summary>
    public string? IdColumn { get; init; }

    /// <summary>For a reference that no field names: the key of the record meant, in the same repository.</summary>
    public string? ImpliedRkey { get; init; }

    /// <summary>The date that fills <c>created_at</c>, which every table has.</summary>
    public static RecordField CreatedAt { get; } = new("createdAt", "created_at", FieldKind.Date);

    public static RecordField Text(string path, string? column = null) => new(path, column ?? path, FieldKind.Text);

    public static RecordField Integer(string path, string column) => new(path, column, FieldKind.Integer);

    public static RecordField Date(string path, string column) => new(path, column, FieldKind.Date);

    public static RecordField TextList(string path) => new(path, path, FieldKind.TextList) { Default = "[]" };

    public static RecordField Reference(string path, string target, string uriColumn, string idColumn) =>
        new(path, uriColumn, FieldKind.Reference) { Target = target, IdColumn = idColumn };

    /// <summary>A reference that every record of the collection has without saying so.</summary>
    public static RecordField Implied(string rkey, string target, string uriColumn, string idColumn) =>
        Reference("", target, uriColumn, idColumn) with { ImpliedRkey = rkey };

    public RecordField Required() => this with { IsRequired = true };
}
