using System.Threading.Channels;

namespace Atbb.Indexing.Batches;

/// <summary>
/// Batches that wait for a transaction. Whoever takes, takes as many together as one transaction holds, so that the busier the callers
/// are the fewer commits a batch costs. Bounded by its callers: each waits for its batch.
/// </summary>
sealed class BatchQueue(IndexingOptions options, int lanes, TimeProvider time)
{
    // Several transactions long: one that waits for a lock, or is written anew without a record that was refused, holds nobody else up for longer.
    internal static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(250);

    readonly Lock gate = new();
    readonly LinkedList<PendingBatch> waiting = [];
    readonly HashSet<string> underWay = new(StringComparer.Ordinal);
    readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(lanes) { FullMode = BoundedChannelFullMode.DropWrite });
    long lastTaken;
    bool closed;

    /// <summary>Batches that wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Add(PendingBatch batch)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(IndexStore));
            waiting.AddLast(batch);
        }

        signal.Writer.TryWrite(true);
    }

    /// <summary>Takes a batch back whose caller has given up. False when a transaction has it already.</summary>
    public bool Withdraw(PendingBatch batch)
    {
        lock (gate)
            return waiting.Remove(batch);
    }

    /// <summary>Waits for work and takes it; null when the queue is closed and empty.</summary>
    public async Task<List<PendingBatch>?> TakeAsync()
    {
        while (true)
        {
            bool holds;
            lock (gate)
            {
                var group = TakeGroup();
                if (group.Count > 0)
                {
                    lastTaken = time.GetTimestamp();
                    return group;
                }

                holds = waiting.Count > 0;
                if (closed && !holds)
                    return null;
            }

            if (!await WaitAsync(holds ? LongestHold : Timeout.InfiniteTimeSpan))
            {
                // Closed: what still waits, waits for a batch of its own repository on another lane, whose end is near.
                lock (gate)
                {
                    if (waiting.Count == 0)
                        return null;
                }

                await Task.Yield();
                continue;
            }

            signal.Reader.TryRead(out _);
        }
    }

    /// <summary>The repositories of a group may be written again.</summary>
    public void Finish(IEnumerable<PendingBatch> group)
    {
        var more = false;
        lock (gate)
        {
            foreach (var batch in group)
                underWay.Remove(batch.Repo.Did);
            more = waiting.Count > 0;
        }

        if (more)
            signal.Writer.TryWrite(true);
    }

    /// <summary>Takes no more batches; those that wait are still handed out.</summary>
    public void Close()
    {
        lock (gate)
            closed = true;
        signal.Writer.TryComplete();
    }

    // False once the queue is closed.
    async Task<bool> WaitAsync(TimeSpan longest)
    {
        try
        {
            return await signal.Reader.WaitToReadAsync().AsTask().WaitAsync(longest, time);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    // Never two batches of one repository at a time: the second would be judged by a row that the first is about to move.
    List<PendingBatch> TakeGroup()
    {
        var group = new List<PendingBatch>();
        // Those that are too few to be worth a transaction beside another go with the next one of either lane.
        if (underWay.Count > 0 && waiting.Count < options.BatchesBesideOthers && !closed && time.GetElapsedTime(lastTaken) < LongestHold)
            return group;

        int records = 0;
        long bytes = 0;
        for (var node = waiting.First; node is not null;)
        {
            var next = node.Next;
            var batch = node.Value;
            var fits = group.Count == 0
                || (group.Count < options.BatchesPerTransaction
                    && records + batch.Rows.Count <= options.RecordsPerTransaction
                    && bytes + batch.Bytes <= options.BytesPerTransaction);
            if (!fits)
                break;

            if (underWay.Add(batch.Repo.Did))
            {
                waiting.Remove(node);
                group.Add(batch);
                records += batch.Rows.Count;
                bytes += batch.Bytes;
            }

            node = next;
        }

        return group;
    }
}
