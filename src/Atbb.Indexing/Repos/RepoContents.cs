using Atbb.Indexing.Runs;

namespace Atbb.Indexing.Repos;

/// <summary>What the index holds of a repository, and what of it is not there.</summary>
/// <param name="Rows">How many rows of each collection, by NSID; collections without one are left out.</param>
/// <param name="OpenErrors">How many errors stand open, of all runs together; what failed in several counts once.</param>
/// <param name="Errors">The latest of those.</param>
public sealed record RepoContents(IReadOnlyDictionary<string, long> Rows, long OpenErrors, IReadOnlyList<RunErrorRow> Errors);
