using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Repo;

/// <summary>One page of the repositories of a PDS.</summary>
/// <param name="Repos">DID, state and revision of each.</param>
/// <param name="Cursor">Where the next page begins; null when this is the last.</param>
public sealed record HostPage(IReadOnlyList<(Did Did, HostedRepo Repo)> Repos, string? Cursor);
