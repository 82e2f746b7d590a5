namespace Atbb.Grains.Interfaces.Runs;

/// <summary>What came of asking for a run.</summary>
[GenerateSerializer, Alias("atbb.StartOutcome")]
public enum StartOutcome
{
    /// <summary>It is under way.</summary>
    Started,

    /// <summary>An unfinished run, running or paused, stands in the way; the answer has its id.</summary>
    AlreadyRunning,

    /// <summary>None is needed: by the decision, or because a run to be retried has no errors left.</summary>
    NotNeeded,

    /// <summary>The request names something that is not a DID; nothing was done.</summary>
    Refused,

    /// <summary>There is no run with the id that was to be retried; nothing was done.</summary>
    NoSuchRun,

    /// <summary>The request's key is that of another request, which asked for something else; nothing was done.</summary>
    KeyReused,

    /// <summary>An unfinished run of another forum is in the database, or the service is for another forum; nothing was done.</summary>
    AnotherForum,
}
