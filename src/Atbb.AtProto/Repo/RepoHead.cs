using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Repo;

/// <summary>The latest commit of a repository.</summary>
/// <param name="Cid">The commit.</param>
/// <param name="Rev">Its revision, which grows with every commit.</param>
public readonly record struct RepoHead(Cid Cid, Tid Rev);
