namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Why an index is not said to be whole.</summary>
[GenerateSerializer, Alias("atbb.IndexGapKind")]
public enum IndexGapKind
{
    /// <summary>No full sync has come to its end. A catch-up reads only users that are known, and a retry only what had failed.</summary>
    NeverRead,

    /// <summary>A run is under way.</summary>
    RunReading,

    /// <summary>A run is paused.</summary>
    RunPaused,

    /// <summary>A full sync was cancelled, and none has come to its end since.</summary>
    FullSyncCancelled,

    /// <summary>A full sync has failed, and none has come to its end since.</summary>
    FullSyncFailed,

    /// <summary>Errors stand open, of whichever run.</summary>
    OpenErrors,
}
