namespace Atbb.Grains.Interfaces.Runs;

/// <summary>The state of a run. Stored in <c>backfill_progress.status</c> as <c>in_progress</c>, <c>paused</c>, and so on.</summary>
[GenerateSerializer, Alias("atbb.RunStatus")]
public enum RunStatus
{
    /// <summary>Under way; a reminder brings it back should its silo die.</summary>
    InProgress,

    /// <summary>Stopped on request, to be gone on with on request.</summary>
    Paused,

    /// <summary>Every repository is settled. Single records may have failed: the counts say how many.</summary>
    Completed,

    /// <summary>Ended by an error that is not a record's or a repository's: see the last error.</summary>
    Failed,

    /// <summary>Ended on request.</summary>
    Cancelled,
}
