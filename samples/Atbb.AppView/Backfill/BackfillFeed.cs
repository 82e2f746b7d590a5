using System.Threading.Channels;
using Atbb.Client;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.AppView.Backfill;

/// <summary>
/// One look at the backfill for all who want to see it: the service is asked while somebody listens, and as often for a thousand as for one. Every view is the whole state, so
/// a slow listener misses those in between and nothing else.
/// </summary>
/// <param name="watch">Watches the run, until it has ended or is paused.</param>
/// <param name="judge">What the service says of the index.</param>
/// <param name="time">The clock.</param>
sealed class BackfillFeed(Func<CancellationToken, IAsyncEnumerable<RunProgress>> watch, Func<CancellationToken, Task<IndexReport>> judge, TimeProvider time) : IDisposable
{
    // While nothing is under way a look now and then notices the next run, and a service that has gone.
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    // A page is sent with what is known by then; its events bring the rest.
    static readonly TimeSpan PageWaits = TimeSpan.FromMilliseconds(300);

    readonly Lock sync = new();
    readonly HashSet<Listener> listeners = [];
    readonly CancellationTokenSource over = new();
    bool isLooking;
    BackfillView? now;
    BackfillView? lastSeen;

    /// <summary>The state as it is now, if that is known in a moment; otherwise as it was last seen.</summary>
    public async Task<BackfillView> GlanceAsync(CancellationToken cancellationToken)
    {
        using var listener = Listen();
        try
        {
            return await listener.NextAsync(cancellationToken).AsTask().WaitAsync(PageWaits, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            lock (sync)
                return lastSeen ?? BackfillView.Asking;
        }
    }

    /// <summary>Listens from now on, until what is returned is disposed: the state now, and then at every change.</summary>
    public Listener Listen()
    {
        var listener = new Listener(this);
        lock (sync)
        {
            listeners.Add(listener);
            if (!isLooking)
            {
                (isLooking, now) = (true, null);
                _ = LookOnAsync(over.Token);
            }
            else if (now is not null)
            {
                listener.Tell(now);
            }
        }

        return listener;
    }

    /// <summary>Ends the looking. Listeners end by their own tokens.</summary>
    public void Dispose()
    {
        over.Cancel();
        over.Dispose();
    }

    // A look is made to its end though its listener has gone: a page that did not wait for it is told next time.
    async Task LookOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (GoesOn())
            {
                await LookAsync(cancellationToken);
                await Task.Delay(BetweenLooks, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The site goes.
        }
        catch (Exception e)
        {
            // A bug. Whoever listens is to hear of it, and not to wait for ever.
            Break(e);
        }
    }

    async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            RunProgress? run = null;
            await foreach (var state in watch(cancellationToken))
            {
                run = state;
                // Of one that has ended there is more to be asked.
                if (!state.IsFinished)
                    Publish(BackfillView.Of(state));
                if (!IsListenedTo())
                    return;
            }

            if (run is null or { IsFinished: true })
                Publish(BackfillView.Of(run, run is null ? null : await judge(cancellationToken)));
        }
        catch (BackfillUnreachableException)
        {
            Publish(BackfillView.Away);
        }
    }

    bool IsListenedTo()
    {
        lock (sync)
            return listeners.Count > 0;
    }

    // Whoever begins to listen sees to a look, unless one goes on: hence both under one lock.
    bool GoesOn()
    {
        lock (sync)
            return isLooking = listeners.Count > 0;
    }

    void Publish(BackfillView view)
    {
        lock (sync)
        {
            now = lastSeen = view;
            foreach (var listener in listeners)
                listener.Tell(view);
        }
    }

    void Break(Exception error)
    {
        lock (sync)
        {
            isLooking = false;
            foreach (var listener in listeners)
                listener.Fail(error);
        }
    }

    void Leave(Listener listener)
    {
        lock (sync)
            listeners.Remove(listener);
    }

    /// <summary>One who listens.</summary>
    public sealed class Listener(BackfillFeed feed) : IDisposable
    {
        readonly Channel<BackfillView> channel = Channel.CreateBounded<BackfillView>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        BackfillView? told;

        /// <summary>The next state that is another one.</summary>
        public ValueTask<BackfillView> NextAsync(CancellationToken cancellationToken) => channel.Reader.ReadAsync(cancellationToken);

        public void Dispose() => feed.Leave(this);

        internal void Tell(BackfillView view)
        {
            if (view != told)
                channel.Writer.TryWrite(told = view);
        }

        internal void Fail(Exception error) => channel.Writer.TryComplete(error);
    }
}
