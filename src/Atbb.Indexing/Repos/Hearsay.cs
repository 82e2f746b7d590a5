namespace Atbb.Indexing.Repos;

/// <summary>Conditions on rows of <c>repos</c> that are known by hearsay alone (<see cref="RepoState.IsHearsay"/>), in SQL.</summary>
static class Hearsay
{
    /// <summary>Named by a relay or a record, looked up, and found to exist nowhere.</summary>
    public const string FoundNowhere = """
        repos.found_by_run is not null
        and repos.status = 'notfound'
        and repos.synced_at is null
        and not exists (select 1 from repo_cursors c where c.did = repos.did)
        """;

    /// <summary>
    /// The same, in an earlier run than @runId. What that run itself has looked up stays among its repositories: a resume asks for those above its
    /// mark again, and counts them then.
    /// </summary>
    public const string FoundNowhereBefore = $"{FoundNowhere} and repos.last_run_id is distinct from @runId";

    /// <summary>The same, and so long ago that it may be looked up again for being named again: not after @dueBefore, nor by this run.</summary>
    public const string Due = $"{FoundNowhere} and repos.updated_at < @dueBefore and repos.found_by_run <> @runId";
}
