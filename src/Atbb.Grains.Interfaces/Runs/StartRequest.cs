namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Asks for a run.</summary>
[GenerateSerializer, Immutable, Alias("atbb.StartRequest")]
public sealed record StartRequest
{
    /// <summary>Which run, whatever the cursor says; null: as <see cref="IBackfillGrain.DecideAsync"/> decides.</summary>
    [Id(0)]
    public RunType? Force { get; init; }

    /// <summary>
    /// Repositories to know of from now on. A full sync reads them, this one or the next; a catch-up notes them, and its answer says so. DIDs of which
    /// one is invalid refuse the whole request.
    /// </summary>
    [Id(1)]
    public IReadOnlyList<string> Dids { get; init; } = [];

    /// <summary>
    /// Any text of up to 255 characters that the caller has made up for this request alone; null: none. Asked again with it, the same request is
    /// answered with the run it has started, also when that has ended: so a caller that has lost the answer starts nothing twice.
    /// </summary>
    [Id(2)]
    public string? RequestKey { get; init; }
}
