using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>A run that was asked for with a key, so that asking again for the same answers with it.</summary>
/// <param name="Key">The caller's.</param>
/// <param name="Asked">What was asked for, as <see cref="AskedFor(StartRequest)"/> writes it.</param>
/// <param name="RunId">The run it came to.</param>
/// <param name="Type">That run's type.</param>
[GenerateSerializer, Immutable, Alias("atbb.KeyedStart")]
sealed record KeyedStart([property: Id(0)] string Key, [property: Id(1)] string Asked, [property: Id(2)] long RunId, [property: Id(3)] RunType Type)
{
    /// <summary>How many are remembered: a caller asks again within minutes, and nobody starts a run a minute.</summary>
    public const int MostKept = 100;

    /// <summary>What a request asks for, in brief: two requests that ask for the same have the same.</summary>
    public static string AskedFor(StartRequest request) =>
        $"{request.Force?.ToString() ?? "as decided"} {StableHash.Of(request.Dids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}";

    /// <summary>What a retry asks for.</summary>
    public static string AskedFor(long retryOf) => $"retry of {retryOf}";
}
