namespace Atbb.Indexing.Repos;

/// <summary>The account's state, as last learnt. Stored by name, in lower case, in <c>repos.status</c> and <c>users.status</c>.</summary>
public enum RepoStatus
{
    /// <summary>Listed or seen, never read.</summary>
    Pending,

    /// <summary>Its records may be shown.</summary>
    Active,

    /// <summary>Switched off by its owner, or moved away. Rows are kept.</summary>
    Deactivated,

    /// <summary>Switched off by its host for good. Rows are kept, the user is marked.</summary>
    Takendown,

    /// <summary>Switched off by its host for a time. Rows are kept, the user is marked.</summary>
    Suspended,

    /// <summary>Gone for good. Rows are removed.</summary>
    Deleted,

    /// <summary>Neither its directory nor its PDS knows it. Rows are kept: this proves nothing about the account.</summary>
    NotFound,
}
