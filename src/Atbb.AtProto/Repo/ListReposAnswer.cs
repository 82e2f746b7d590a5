namespace Atbb.AtProto.Repo;

/// <summary>The answer of <c>com.atproto.sync.listRepos</c>, unchecked.</summary>
sealed record ListReposAnswer(IReadOnlyList<ListReposAnswer.Item?>? Repos, string? Cursor)
{
    /// <summary>One repository. A PDS of before account states does not say whether it is active: then it is.</summary>
    public sealed record Item(string? Did, string? Rev, bool? Active, string? Status);
}
