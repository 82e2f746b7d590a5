namespace Atbb.Grains.Runs;

/// <summary>The first phase: the forum's own repository.</summary>
sealed class ForumSource(string forumDid) : IRepoSource
{
    public Task<IReadOnlyList<string>> NextAsync(string? after, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(after is null ? [forumDid] : []);
}
