using System.Diagnostics;

namespace Atbb.Grains;

/// <summary>Where this project is seen from outside.</summary>
public static class GrainsTelemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "Atbb.Grains";

    internal static ActivitySource Activities { get; } = new(Name);
}
