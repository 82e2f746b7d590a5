namespace Atbb.Indexing.Repos;

/// <summary>Which repositories a round of a run reads.</summary>
public abstract record RepoScope
{
    RepoScope()
    {
    }

    /// <summary>
    /// Those of the index's users, who have had a record in it, and those that were found to exist and had none: switched off at the time, or empty. One that
    /// comes back, or begins to write, would otherwise be missing until the next full sync, without an error.
    /// </summary>
    /// <param name="RunId">The run. Whatever it has been at stays among its repositories: a resume asks for those above its mark again, and counts them then.</param>
    public sealed record KnownUsers(long RunId) : RepoScope;

    /// <summary>These, and those that have been discovered and never read; but for those that the run itself has found, which have rounds of their own.</summary>
    /// <param name="RunId">The run.</param>
    public sealed record KnownRepositories(long RunId) : RepoScope;

    /// <summary>Those that a run has found for one of its rounds.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Round">The round; the first of its kind is 1.</param>
    public sealed record Found(long RunId, int Round) : RepoScope;
}
