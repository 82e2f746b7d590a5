namespace Atbb.Grains.Runs;

/// <summary>The pace of a run, and a signal for those who watch it.</summary>
sealed class RunPulse
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    readonly Pace records = new(Window);
    readonly Pace dids = new(Window);
    TaskCompletionSource next = NewSignal();

    /// <summary>Ends when something has changed.</summary>
    public Task Next => next.Task;

    /// <summary>Records per second.</summary>
    public double RecordsPerSecond => records.PerSecond;

    /// <summary>The time for so many more repositories; null when that cannot be told.</summary>
    public TimeSpan? TimeForDids(long left) => dids.TimeFor(left);

    /// <summary>Notes how far the run has come.</summary>
    public void Note(DateTimeOffset at, long recordsSoFar, long didsSoFar)
    {
        records.Note(at, recordsSoFar);
        dids.Note(at, didsSoFar);
    }

    /// <summary>Wakes those who watch.</summary>
    public void Beat() => Interlocked.Exchange(ref next, NewSignal()).TrySetResult();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
