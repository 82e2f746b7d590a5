namespace Atbb.Grains.Interfaces.Repos;

/// <summary>What the index holds of one collection of a repository.</summary>
/// <param name="Collection">The collection's NSID.</param>
/// <param name="Rows">How many records.</param>
[GenerateSerializer, Immutable, Alias("atbb.RepoRows")]
public sealed record RepoRows([property: Id(0)] string Collection, [property: Id(1)] long Rows);
