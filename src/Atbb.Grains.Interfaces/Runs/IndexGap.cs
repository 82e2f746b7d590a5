namespace Atbb.Grains.Interfaces.Runs;

/// <summary>One reason why an index is not said to be whole.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="RunId">The run that it is about; null when it is about none in particular.</param>
[GenerateSerializer, Immutable, Alias("atbb.IndexGap")]
public sealed record IndexGap([property: Id(0)] IndexGapKind Kind, [property: Id(1)] long? RunId = null);
