using Atbb.Indexing.Runs;

namespace Atbb.Grains.Runs;

/// <summary>The second phase of a retry: repositories of which another run has errors.</summary>
sealed class ErrorSource(ErrorStore errors, long runId, DatabasePatience patience) : IRepoSource
{
    const int PageSize = 500;

    public async Task<IReadOnlyList<string>> NextAsync(string? after, CancellationToken cancellationToken) =>
        await patience.WaitForAsync(token => errors.PageDidsAsync(runId, after, PageSize, token), cancellationToken);
}
