using Orleans.Serialization;

namespace Atbb.Grains.Interfaces;

/// <summary>The index's database did not answer, for a reason that may pass. What was asked for can be asked again.</summary>
[GenerateSerializer, Alias("atbb.IndexUnreachableException")]
public sealed class IndexUnreachableException(string message) : Exception(message)
{
    /// <summary>
    /// Whether an error is what has become of one of the database's driver on its way here: it has no codec. So comes what a silo was told that keeps a reminder,
    /// or begins a grain, for another process.
    /// </summary>
    public static bool IsBehind(Exception error) => error is CodecNotFoundException && error.Message.Contains("Npgsql.", StringComparison.Ordinal);
}
