namespace Atbb.Grains.Runs;

/// <summary>The first phase: the forum's own repository.</summary>
sealed class ForumSource(string forumDid) : IRepoSource
{
    public Task<IReadOnlyList<EnumeratedRepo>> NextAsync(string? after, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<EnumeratedRepo>>(after is null ? [new(forumDid)] : []);
}
