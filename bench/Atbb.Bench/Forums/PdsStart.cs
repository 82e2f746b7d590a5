namespace Atbb.Bench.Forums;

/// <summary>The first line that the PDS's process writes.</summary>
/// <param name="Origin">Where it listens.</param>
/// <param name="ForumDid">The forum.</param>
sealed record PdsStart(Uri Origin, string ForumDid);
