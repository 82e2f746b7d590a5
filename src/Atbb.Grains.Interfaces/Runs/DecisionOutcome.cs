namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Whether the index needs a backfill.</summary>
[GenerateSerializer, Alias("atbb.DecisionOutcome")]
public enum DecisionOutcome
{
    /// <summary>The live stream goes on from its cursor and nothing is missing.</summary>
    NotNeeded,

    /// <summary>Known users' repositories have to be read.</summary>
    CatchUp,

    /// <summary>Everything has to be read.</summary>
    FullSync,
}
