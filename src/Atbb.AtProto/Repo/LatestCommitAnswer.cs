namespace Atbb.AtProto.Repo;

/// <summary>The answer of <c>com.atproto.sync.getLatestCommit</c>, unchecked.</summary>
sealed record LatestCommitAnswer(string? Cid, string? Rev);
