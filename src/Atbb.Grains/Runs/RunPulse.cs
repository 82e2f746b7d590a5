namespace Atbb.Grains.Runs;

/// <summary>The pace of a run, and a signal for those who watch. One for all runs: whoever watched one sees the next begin.</summary>
sealed class RunPulse
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    Pace records = new(Window);
    Pace dids = new(Window);
    TaskCompletionSource next = NewSignal();
    (long Records, long Dids) reached;

    /// <summary>Ends when something has changed.</summary>
    public Task Next => next.Task;

    /// <summary>Records per second.</summary>
    public double RecordsPerSecond => records.PerSecond;

    /// <summary>The time for so many more repositories; null when that cannot be told.</summary>
    public TimeSpan? TimeForDids(long left) => dids.TimeFor(left);

    /// <summary>When the run last came further.</summary>
    public DateTimeOffset LastProgressAt { get; private set; }

    /// <summary>A run begins, or is gone on with.</summary>
    public void Begin(DateTimeOffset at)
    {
        (records, dids, reached, LastProgressAt) = (new(Window), new(Window), default, at);
        Beat();
    }

    /// <summary>Notes how far the run has come.</summary>
    public void Note(DateTimeOffset at, long recordsSoFar, long didsSoFar)
    {
        if (reached != (recordsSoFar, didsSoFar))
            (reached, LastProgressAt) = ((recordsSoFar, didsSoFar), at);
        records.Note(at, recordsSoFar);
        dids.Note(at, didsSoFar);
    }

    /// <summary>Wakes those who watch.</summary>
    public void Beat() => Interlocked.Exchange(ref next, NewSignal()).TrySetResult();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
