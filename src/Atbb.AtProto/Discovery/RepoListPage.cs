using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Discovery;

/// <summary>A page of repositories as a relay listed them.</summary>
/// <param name="Dids">The accounts.</param>
/// <param name="Skipped">Items that name no valid DID. They cost themselves alone.</param>
/// <param name="Cursor">Where the next page begins; null: this is the last one.</param>
public sealed record RepoListPage(IReadOnlyList<Did> Dids, int Skipped, string? Cursor);
