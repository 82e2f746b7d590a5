namespace Atbb.Grains.Runs;

/// <summary>What the BackfillGrain stores: the run under way or, when none is, the last one.</summary>
[GenerateSerializer, Alias("atbb.BackfillGrainState")]
sealed class BackfillGrainState
{
    /// <summary>The run; null before the first.</summary>
    [Id(0)]
    public RunState? Run { get; set; }

    /// <summary>The latest runs that were asked for with a key, the newest last.</summary>
    [Id(1)]
    public IReadOnlyList<KeyedStart> Keyed { get; set; } = [];
}
