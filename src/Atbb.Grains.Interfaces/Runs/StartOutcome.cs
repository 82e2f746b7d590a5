namespace Atbb.Grains.Interfaces.Runs;

/// <summary>What came of asking for a run.</summary>
[GenerateSerializer, Alias("atbb.StartOutcome")]
public enum StartOutcome
{
    /// <summary>It is under way.</summary>
    Started,

    /// <summary>An unfinished run, running or paused, stands in the way; the answer has its id.</summary>
    AlreadyRunning,

    /// <summary>The decision was that none is needed.</summary>
    NotNeeded,

    /// <summary>The request names something that is not a DID; nothing was done.</summary>
    Refused,
}
