namespace Atbb.Bench.Forums;

/// <summary>What an index of a forum holds.</summary>
/// <param name="Digests">By collection: how many records, and their digest.</param>
/// <param name="Records">Records of all collections.</param>
/// <param name="Repos">Repositories, the forum's among them.</param>
sealed record ForumContents(IReadOnlyDictionary<string, string> Digests, long Records, int Repos);
