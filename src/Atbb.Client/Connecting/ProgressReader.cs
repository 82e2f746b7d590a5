using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Client.Connecting;

/// <summary>Reads the service's stream of progress, and opens another one when it breaks.</summary>
sealed class ProgressReader(Func<CancellationToken, Task<IAsyncEnumerable<RunProgress>>> open, TimeProvider time) : IAsyncDisposable
{
    // The service sends once a second. A silo that was killed says nothing; without this its answer would be waited for to Orleans's own time-out.
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    readonly CancellationTokenSource ends = new();
    IAsyncEnumerator<RunProgress>? stream;
    bool isUnderWay;

    /// <summary>The next state; null when there is no run, or the last one told has ended.</summary>
    public async Task<RunProgress?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The stream outlives the call: its token is the reader's own.
            stream ??= (await open(cancellationToken)).GetAsyncEnumerator(ends.Token);
            if (await stream.MoveNextAsync().AsTask().WaitAsync(Silence, time, cancellationToken))
            {
                isUnderWay = stream.Current.Status is RunStatus.InProgress;
                return stream.Current;
            }
        }
        catch
        {
            Abandon();
            throw;
        }

        Abandon();
        return isUnderWay ? throw new StreamEndedException() : null;
    }

    public async ValueTask DisposeAsync()
    {
        Abandon();
        await ends.CancelAsync();
        ends.Dispose();
    }

    // Not waited for: its silo may be gone, and forgets a stream that nobody reads.
    void Abandon()
    {
        if (stream is { } abandoned)
            _ = EndAsync(abandoned);
        stream = null;
    }

    static async Task EndAsync(IAsyncEnumerator<RunProgress> stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
#pragma warning disable CA1031 // Whatever it is, nobody reads this stream any more.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
