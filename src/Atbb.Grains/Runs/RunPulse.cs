namespace Atbb.Grains.Runs;

/// <summary>
/// The pace of a run, and a signal for those who watch. One for all runs: whoever watched one sees the next begin. Goes by elapsed time: a
/// clock that is set must neither make a run look stalled nor hide that it is.
/// </summary>
sealed class RunPulse(TimeProvider time)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    Pace records = new(Window);
    Pace dids = new(Window);
    TaskCompletionSource next = NewSignal();
    (long Records, long Dids) reached;
    long progressed = time.GetTimestamp();

    /// <summary>Ends when something has changed.</summary>
    public Task Next => next.Task;

    /// <summary>Records per second.</summary>
    public double RecordsPerSecond => records.PerSecond;

    /// <summary>The time for so many more repositories; null when that cannot be told.</summary>
    public TimeSpan? TimeForDids(long left) => dids.TimeFor(left);

    /// <summary>How long ago the run last came further.</summary>
    public TimeSpan Idle => time.GetElapsedTime(progressed);

    TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>A run begins, or is gone on with.</summary>
    public void Begin()
    {
        (records, dids, reached, progressed) = (new(Window), new(Window), default, time.GetTimestamp());
        Beat();
    }

    /// <summary>Notes how far the run has come.</summary>
    public void Note(long recordsSoFar, long didsSoFar)
    {
        if (reached != (recordsSoFar, didsSoFar))
            (reached, progressed) = ((recordsSoFar, didsSoFar), time.GetTimestamp());
        records.Note(Now, recordsSoFar);
        dids.Note(Now, didsSoFar);
    }

    /// <summary>Wakes those who watch.</summary>
    public void Beat() => Interlocked.Exchange(ref next, NewSignal()).TrySetResult();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
