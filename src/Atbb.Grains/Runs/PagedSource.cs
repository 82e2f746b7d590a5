namespace Atbb.Grains.Runs;

/// <summary>The second phase: repositories that the index names, a page at a time, so that a forum of any size costs the same memory.</summary>
/// <param name="page">Up to so many DIDs after one, by byte order; none at the end.</param>
/// <param name="patience">Waits for the database.</param>
sealed class PagedSource(Func<string?, int, CancellationToken, Task<IReadOnlyList<string>>> page, DatabasePatience patience) : IRepoSource
{
    const int PageSize = 500;

    public async Task<IReadOnlyList<string>> NextAsync(string? after, CancellationToken cancellationToken) =>
        await patience.WaitForAsync(token => page(after, PageSize, token), cancellationToken);
}
