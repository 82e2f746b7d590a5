namespace Atbb.Indexing.Databases;

/// <summary>How a database's tables stand to what this release knows of them.</summary>
/// <param name="Applied">How many scripts the database has seen, and this release knows.</param>
/// <param name="Missing">Scripts that it has not seen yet: they are run by the next process that starts.</param>
/// <param name="Unknown">Scripts that it has seen and this release does not know: a newer one has run them.</param>
public sealed record SchemaState(int Applied, IReadOnlyList<string> Missing, IReadOnlyList<string> Unknown)
{
    /// <summary>Two files as one.</summary>
    internal SchemaState With(SchemaState other) => new(Applied + other.Applied, [.. Missing, .. other.Missing], [.. Unknown, .. other.Unknown]);
}
