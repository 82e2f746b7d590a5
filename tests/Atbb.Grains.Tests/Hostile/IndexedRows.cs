namespace Atbb.Grains.Tests.Hostile;

/// <summary>What an account's rows are after a hostile answer: its oldest post was deleted and one was added since it was last read.</summary>
public enum IndexedRows
{
    /// <summary>What the repository holds.</summary>
    True,

    /// <summary>As before: nothing was read, nothing was removed.</summary>
    Untouched,

    /// <summary>The new post came in; the page was not trusted to remove the deleted one.</summary>
    OnlyAdded,

    /// <summary>None.</summary>
    Removed,
}
