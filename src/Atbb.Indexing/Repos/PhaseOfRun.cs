namespace Atbb.Indexing.Repos;

/// <summary>A phase of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Phase">Which of its phases.</param>
/// <param name="Collections">The collections that it reads.</param>
public sealed record PhaseOfRun(long RunId, int Phase, IReadOnlyList<string> Collections);
