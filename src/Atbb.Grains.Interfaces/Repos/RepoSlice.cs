using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Interfaces.Repos;

/// <summary>What a slice of work on a repository came to.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Counts">What the repository has come to in this phase of this run, all slices together.</param>
[GenerateSerializer, Immutable, Alias("atbb.RepoSlice")]
public sealed record RepoSlice([property: Id(0)] RepoOutcome Outcome, [property: Id(1)] SyncCounts Counts);
