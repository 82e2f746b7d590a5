using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Repo;

/// <summary>What a PDS says about a repository it holds.</summary>
/// <param name="Active">Whether its records may be shown.</param>
/// <param name="Status">Why not, in the protocol's words: <c>takendown</c>, <c>suspended</c>, <c>deleted</c>, <c>deactivated</c>, <c>desynchronized</c>, <c>throttled</c>.</param>
/// <param name="Rev">The current revision, where the PDS tells.</param>
public readonly record struct HostedRepo(bool Active, string? Status, Tid? Rev);
