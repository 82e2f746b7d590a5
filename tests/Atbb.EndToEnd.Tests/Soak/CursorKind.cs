namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>What a PDS's cursors are.</summary>
enum CursorKind
{
    /// <summary>The page's last record key, as with the reference PDS.</summary>
    RecordKey,

    /// <summary>The same, in a code of its own.</summary>
    Opaque,

    /// <summary>How many records came before: what is deleted there moves the next page on.</summary>
    Position,
}
