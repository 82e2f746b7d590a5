namespace Atbb.Sample;

/// <summary>Which pages of <c>listRecords</c> carry a cursor.</summary>
public enum CursorStyle
{
    /// <summary>Every page that is not empty, as the reference PDS does it: the end is an empty page.</summary>
    EveryPage,

    /// <summary>Full pages.</summary>
    FullPages,

    /// <summary>Pages that are not the last.</summary>
    WhileMore,
}
