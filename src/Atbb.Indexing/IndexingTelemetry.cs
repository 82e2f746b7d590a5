using System.Diagnostics;

namespace Atbb.Indexing;

/// <summary>Where this project is seen from outside.</summary>
public static class IndexingTelemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "Atbb.Indexing";

    internal static ActivitySource Activities { get; } = new(Name);
}
