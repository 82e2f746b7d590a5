using System.Threading.Channels;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Admin.Events;

/// <summary>
/// One watch of the backfill for all who listen here: begun by the first of them, ended with the last. Every state is the whole state, so a slow
/// listener misses those in between and nothing else.
/// </summary>
/// <param name="watch">Watches the backfill until its run has ended or is paused, as it does for anybody.</param>
/// <param name="time">The clock.</param>
sealed class ProgressFeed(Func<CancellationToken, IAsyncEnumerable<RunProgress>> watch, TimeProvider time) : IDisposable
{
    // A watch ends when a run does, is paused, or its grain goes to another silo. What comes then is looked for this often.
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly Lock sync = new();
    readonly HashSet<Channel<RunProgress>> listeners = [];
    CancellationTokenSource? watching;
    RunProgress? latest;

    /// <summary>Listens from now on, until what is returned is disposed: the backfill as it stands, if that is known here, and then at every change.</summary>
    public Listener Listen()
    {
        var channel = Channel.CreateBounded<RunProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (sync)
        {
            listeners.Add(channel);
            if (latest is not null)
                channel.Writer.TryWrite(latest);
            if (watching is null)
            {
                watching = new CancellationTokenSource();
                _ = WatchAsync(watching.Token);
            }
        }

        return new Listener(this, channel);
    }

    /// <summary>Ends the watch. Listeners end by their own tokens.</summary>
    public void Dispose()
    {
        lock (sync)
            End();
    }

    void Leave(Channel<RunProgress> channel)
    {
        lock (sync)
        {
            listeners.Remove(channel);
            if (listeners.Count == 0)
                End();
        }
    }

    void End()
    {
        watching?.Cancel();
        watching?.Dispose();
        (watching, latest) = (null, null);
    }

    async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WatchOnceAsync(cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception e)
        {
            // A bug. Whoever listens is to hear of it, and not to wait for ever.
            Break(e, cancellationToken);
        }
    }

    async Task WatchOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var progress in watch(cancellationToken))
                Publish(progress, cancellationToken);
        }
        catch (Exception e) when (Trouble.MayPass(e, cancellationToken))
        {
            // The grain has gone, and comes back on another silo.
        }
    }

    void Publish(RunProgress progress, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            // Those who listen now have a watch of their own, or have had this already: a run that rests says the same each time it is looked at.
            if (cancellationToken.IsCancellationRequested || (progress.Status is not RunStatus.InProgress && IsKnown(progress)))
                return;

            latest = progress;
            foreach (var listener in listeners)
                listener.Writer.TryWrite(progress);
        }
    }

    bool IsKnown(RunProgress progress) => latest is not null && (latest.RunId, latest.Status) == (progress.RunId, progress.Status);

    void Break(Exception error, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            foreach (var listener in listeners)
                listener.Writer.TryComplete(error);
            // Whoever comes next begins anew, while those who are told here may take their time to leave.
            listeners.Clear();
            End();
        }
    }

    /// <summary>One who listens.</summary>
    public sealed class Listener(ProgressFeed feed, Channel<RunProgress> channel) : IDisposable
    {
        /// <summary>The next state.</summary>
        public ValueTask<RunProgress> NextAsync(CancellationToken cancellationToken) => channel.Reader.ReadAsync(cancellationToken);

        public void Dispose() => feed.Leave(channel);
    }
}
