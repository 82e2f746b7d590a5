using Atbb.Indexing.Repos;

namespace Atbb.Grains.Runs;

/// <summary>The second phase: repositories known to the index, a page at a time, so that a forum of any size costs the same memory.</summary>
sealed class IndexSource(RepoStore repos, RepoScope scope, DatabasePatience patience) : IRepoSource
{
    const int PageSize = 500;

    public async Task<IReadOnlyList<string>> NextAsync(string? after, CancellationToken cancellationToken) =>
        await patience.WaitForAsync(token => repos.PageAsync(scope, after, PageSize, token), cancellationToken);
}
