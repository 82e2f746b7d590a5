namespace Atbb.AtProto.Repo;

/// <summary>The answer of <c>com.atproto.sync.getRepoStatus</c>, unchecked.</summary>
sealed record RepoStatusAnswer(string? Did, bool? Active, string? Status, string? Rev);
