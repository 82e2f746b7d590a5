using Atbb.Grains.Runs;

namespace Atbb.Grains.Discovery;

/// <summary>The relays' lists on their way beside a run's reading, which waits for them only when it has nothing else to do.</summary>
sealed class RelayInquiry : IAsyncDisposable
{
    readonly CancellationTokenSource deadline;
    readonly CancellationTokenSource stop;
    readonly Task reading;

    /// <summary>Begins to ask.</summary>
    public RelayInquiry(RelayReader relays, long runId, int round, RunTrouble trouble, TimeProvider time, CancellationToken cancellationToken)
    {
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        reading = relays.ReadAsync(runId, round, trouble, deadline.Token, stop.Token);
    }

    /// <summary>Whether every list has been read, or given up.</summary>
    public bool IsOver => reading.IsCompleted;

    /// <summary>Waits for the rest, so long at most: what is not there by then is given up, with an error row.</summary>
    public async Task EndAsync(TimeSpan atMost)
    {
        deadline.CancelAfter(atMost);
        await reading;
    }

    /// <summary>Stops asking, wherever it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        // However it ended: who waited for it has been told.
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stop.Dispose();
        deadline.Dispose();
    }
}
