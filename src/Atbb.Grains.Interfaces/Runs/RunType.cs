namespace Atbb.Grains.Interfaces.Runs;

/// <summary>What a run reads in its second phase.</summary>
[GenerateSerializer, Alias("atbb.RunType")]
public enum RunType
{
    /// <summary>The repositories of whom the index knows: its users, and accounts that were switched off or empty when they were last read.</summary>
    CatchUp,

    /// <summary>Those, and every repository listed or discovered.</summary>
    FullSync,

    /// <summary>The repositories of which another run has errors, in full. Started by <see cref="IBackfillGrain.RetryAsync"/>.</summary>
    Retry,
}
