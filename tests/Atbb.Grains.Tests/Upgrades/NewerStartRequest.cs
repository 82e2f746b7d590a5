namespace Atbb.Grains.Tests.Upgrades;

/// <summary>A <see cref="Interfaces.Runs.StartRequest"/> as a later release might have it, with two fields more.</summary>
[GenerateSerializer, Immutable, Alias("atbb.test.NewerStartRequest")]
public sealed record NewerStartRequest
{
    [Id(0)]
    public Interfaces.Runs.RunType? Force { get; init; }

    [Id(1)]
    public IReadOnlyList<string> Dids { get; init; } = [];

    [Id(2)]
    public string? Reason { get; init; }

    [Id(3)]
    public IReadOnlyList<Interfaces.Runs.ParkedRepo> First { get; init; } = [];
}
