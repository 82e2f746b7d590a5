namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Which of a run's errors.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Did">Of this repository only; null: of all.</param>
/// <param name="Kind">Of this kind only; null: of all.</param>
/// <param name="After">Begins after the error with this id: the last one of the page before.</param>
/// <param name="Limit">At most this many, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("atbb.RunErrorQuery")]
public sealed record RunErrorQuery(
    [property: Id(0)] long RunId,
    [property: Id(1)] string? Did = null,
    [property: Id(2)] string? Kind = null,
    [property: Id(3)] long After = 0,
    [property: Id(4)] int Limit = 100);
