using System.Diagnostics;

namespace Atbb.AtProto;

/// <summary>Where this project is seen from outside.</summary>
public static class AtProtoTelemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "Atbb.AtProto";

    internal static ActivitySource Activities { get; } = new(Name);
}
