namespace Atbb.Grains.Runs;

/// <summary>The pace of a run, and a signal for those who watch it.</summary>
/// <param name="begun">When the run was begun, or gone on with.</param>
sealed class RunPulse(DateTimeOffset begun)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    readonly Pace records = new(Window);
    readonly Pace dids = new(Window);
    TaskCompletionSource next = NewSignal();
    (long Records, long Dids) reached;

    /// <summary>Ends when something has changed.</summary>
    public Task Next => next.Task;

    /// <summary>Records per second.</summary>
    public double RecordsPerSecond => records.PerSecond;

    /// <summary>The time for so many more repositories; null when that cannot be told.</summary>
    public TimeSpan? TimeForDids(long left) => dids.TimeFor(left);

    /// <summary>When the run last came further.</summary>
    public DateTimeOffset LastProgressAt { get; private set; } = begun;

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
