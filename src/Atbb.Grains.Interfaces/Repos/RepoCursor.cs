namespace Atbb.Grains.Interfaces.Repos;

/// <summary>How far one collection of a repository has been read.</summary>
/// <param name="Collection">The collection's NSID.</param>
/// <param name="Cursor">Where the last page ended, in the PDS's words; null before the first and after the last.</param>
/// <param name="IsComplete">Whether the last pass has reached the collection's end.</param>
/// <param name="Rev">The repository's rev up to which it has been read in full; null when it is to be read in full next time.</param>
[GenerateSerializer, Immutable, Alias("atbb.RepoCursor")]
public sealed record RepoCursor(
    [property: Id(0)] string Collection,
    [property: Id(1)] string? Cursor,
    [property: Id(2)] bool IsComplete,
    [property: Id(3)] string? Rev);
