namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Asks for a run.</summary>
[GenerateSerializer, Immutable, Alias("atbb.StartRequest")]
public sealed record StartRequest
{
    /// <summary>Which run, whatever the cursor says; null: as <see cref="IBackfillGrain.DecideAsync"/> decides.</summary>
    [Id(0)]
    public RunType? Force { get; init; }

    /// <summary>Repositories to know of from now on; a full sync reads them. DIDs of which one is invalid refuse the whole request.</summary>
    [Id(1)]
    public IReadOnlyList<string> Dids { get; init; } = [];
}
