namespace Atbb.Indexing.Collections;

/// <summary>In whose repository a collection's records are read.</summary>
public enum CollectionOwner
{
    /// <summary>The forum's own.</summary>
    Forum,

    /// <summary>Every user's.</summary>
    User,
}
