namespace Atbb.Indexing.Repos;

/// <summary>The order in which a PDS lists record keys, as seen in its pages.</summary>
public enum ListingOrder
{
    /// <summary>Not known yet: no page had two records.</summary>
    Unknown,

    /// <summary>Oldest first, as asked for.</summary>
    Ascending,

    /// <summary>Newest first: this PDS ignores <c>reverse</c>.</summary>
    Descending,

    /// <summary>Neither: keys came out of order, twice, or unreadable. Nothing is removed on the strength of such pages.</summary>
    Unordered,
}
