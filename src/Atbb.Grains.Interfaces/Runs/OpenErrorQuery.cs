namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Which of the errors that stand open, of whatever run: what is missing in the index.</summary>
/// <param name="Did">Of this repository only; null: of all.</param>
/// <param name="Kind">Of this kind only; null: of all.</param>
/// <param name="After">Begins after the error with this id: the last one of the page before.</param>
/// <param name="Limit">At most this many, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("atbb.OpenErrorQuery")]
public sealed record OpenErrorQuery(
    [property: Id(0)] string? Did = null,
    [property: Id(1)] string? Kind = null,
    [property: Id(2)] long After = 0,
    [property: Id(3)] int Limit = 100);
