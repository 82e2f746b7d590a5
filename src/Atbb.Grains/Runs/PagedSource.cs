using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Runs;

/// <summary>The second phase: repositories that the index names, a page at a time, so that a forum of any size costs the same memory.</summary>
/// <param name="page">Up to so many DIDs after one, by byte order; none at the end.</param>
/// <param name="settled">Which of some DIDs the phase is done with, and what they came to.</param>
/// <param name="patience">Waits for the database.</param>
sealed class PagedSource(
    Func<string?, int, CancellationToken, Task<IReadOnlyList<string>>> page,
    Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, RepoCounts>>> settled,
    DatabasePatience patience) : IRepoSource
{
    // The first page is asked about repository by repository, and has the hosts list theirs: what those lists settle is known by the second, for which
    // the window waits a moment. Nearly as many as that has places.
    const int PageSize = 200;

    public async Task<IReadOnlyList<EnumeratedRepo>> NextAsync(string? after, CancellationToken cancellationToken)
    {
        var dids = await patience.WaitForAsync(token => page(after, PageSize, token), cancellationToken);
        if (dids.Count == 0)
            return [];

        var counts = await patience.WaitForAsync(token => settled(dids, token), cancellationToken);
        return [.. dids.Select(did => new EnumeratedRepo(did, counts.TryGetValue(did, out var came) ? came.ToSyncCounts() : null))];
    }
}
