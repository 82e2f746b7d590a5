using System.Collections.Concurrent;

namespace Atbb.Sample;

/// <summary>Every request that reached a PDS, in the order of arrival.</summary>
public sealed class RequestLog
{
    readonly Lock gate = new();
    readonly Queue<PdsRequest> requests = new();
    readonly List<Wait> waits = [];
    readonly ConcurrentDictionary<string, long> counts = new();
    long count;
    long bytes;

    sealed class Wait(Func<PdsRequest, bool> predicate, bool untilAnswered, int missing)
    {
        // Asynchronous continuations: they must not run inside the lock, or on the thread that answers the request.
        public TaskCompletionSource<PdsRequest> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<PdsRequest, bool> Predicate { get; } = predicate;

        public bool UntilAnswered { get; } = untilAnswered;

        public int Missing { get; set; } = missing;
    }

    /// <summary>How many requests are kept; older ones are dropped, so that a demo can run for days. The counts go on.</summary>
    public int Capacity { get; set; } = 200_000;

    /// <summary>Requests since the start, or since <see cref="Clear"/>.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>Requests of one XRPC method (<see cref="PdsRequest.Method"/>).</summary>
    public long CountOf(string method) => counts.GetValueOrDefault(method);

    /// <summary>Bytes of the bodies that were answered in full, since the start or since <see cref="Clear"/>.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>The requests so far.</summary>
    public PdsRequest[] Snapshot()
    {
        lock (gate)
            return [.. requests];
    }

    /// <summary>Forgets everything so far. Waits that were begun before go on.</summary>
    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
            counts.Clear();
            Interlocked.Exchange(ref count, 0);
            Interlocked.Exchange(ref bytes, 0);
        }
    }

    /// <summary>Waits for the <paramref name="n"/>-th request like this, counted from the last <see cref="Clear"/>, to arrive.</summary>
    public Task<PdsRequest> ArrivedAsync(int n, Func<PdsRequest, bool> predicate, CancellationToken cancellationToken) =>
        WaitAsync(n, predicate, untilAnswered: false, cancellationToken);

    /// <summary>
    /// Waits for <paramref name="n"/> requests like this to have been answered in full, counted from the last <see cref="Clear"/>.
    /// </summary>
    public Task<PdsRequest> AnsweredAsync(int n, Func<PdsRequest, bool> predicate, CancellationToken cancellationToken) =>
        WaitAsync(n, predicate, untilAnswered: true, cancellationToken);

    internal void Arrived(PdsRequest request)
    {
        Interlocked.Increment(ref count);
        counts.AddOrUpdate(request.Method, 1, static (_, before) => before + 1);
        lock (gate)
        {
            if (requests.Count >= Capacity)
                requests.Dequeue();
            requests.Enqueue(request);
            Tell(request, answered: false);
        }
    }

    internal void Answered(PdsRequest request, long length)
    {
        Interlocked.Add(ref bytes, length);
        lock (gate)
        {
            request.Answered = true;
            Tell(request, answered: true);
        }
    }

    Task<PdsRequest> WaitAsync(int n, Func<PdsRequest, bool> predicate, bool untilAnswered, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        var wait = new Wait(predicate, untilAnswered, n);
        lock (gate)
        {
            foreach (var request in requests)
                if ((!untilAnswered || request.Answered) && Told(wait, request))
                    return wait.Completion.Task;
            waits.Add(wait);
        }

        return EndAsync(wait, cancellationToken);
    }

    async Task<PdsRequest> EndAsync(Wait wait, CancellationToken cancellationToken)
    {
        try
        {
            return await wait.Completion.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
                waits.Remove(wait);
        }
    }

    void Tell(PdsRequest request, bool answered) => waits.RemoveAll(wait => wait.UntilAnswered == answered && Told(wait, request));

    static bool Told(Wait wait, PdsRequest request)
    {
        if (!wait.Predicate(request) || --wait.Missing > 0)
            return false;
        wait.Completion.SetResult(request);
        return true;
    }
}
