namespace Atbb.Indexing.Collections;

/// <summary>What a field holds, and so which column it fills.</summary>
enum FieldKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A date and time.</summary>
    Date,

    /// <summary>An array of strings, kept as JSON.</summary>
    TextList,

    /// <summary><c>{uri, cid}</c> of another record: a column for the URI and one for the row it resolves to.</summary>
    Reference,
}
