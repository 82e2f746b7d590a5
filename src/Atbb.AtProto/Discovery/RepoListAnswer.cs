using System.Text.Json;

namespace Atbb.AtProto.Discovery;

/// <summary>The answer of <c>com.atproto.sync.listReposByCollection</c>, unchecked: an item that is none must not cost the page.</summary>
sealed record RepoListAnswer(IReadOnlyList<JsonElement>? Repos, string? Cursor);
