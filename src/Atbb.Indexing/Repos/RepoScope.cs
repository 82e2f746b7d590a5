namespace Atbb.Indexing.Repos;

/// <summary>Which repositories a run reads.</summary>
public enum RepoScope
{
    /// <summary>Those of the index's users: who has had a record in it.</summary>
    KnownUsers,

    /// <summary>These, and those that have been discovered and never read.</summary>
    AllRepositories,
}
