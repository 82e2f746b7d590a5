using System.Diagnostics;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Batches;

/// <summary>
/// Where records become rows. Batches of different repositories that arrive while a transaction is under way are committed together in
/// the next one.
/// </summary>
public sealed class IndexStore : IAsyncDisposable
{
    readonly IndexingOptions options;
    readonly BatchQueue queue;
    readonly Task[] lanes;
    readonly GroupWriter[] writers;

    /// <summary>Starts the lanes; a connection is opened with the first batch.</summary>
    public IndexStore(IndexDatabase database, IndexingOptions options, TimeProvider time, ILogger<IndexStore> logger, IndexMetrics? metrics = null)
    {
        metrics ??= new IndexMetrics();
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        var count = database.Lanes(options);
        queue = new BatchQueue(options, count, time);
        metrics.Observe(queue);
        writers = [.. Enumerable.Range(0, count).Select(_ => new GroupWriter(database, database.CreateWriter(), metrics, time, logger))];
        lanes = [.. writers.Select(writer => Task.Run(() => RunAsync(writer)))];
    }

    /// <summary>Transactions committed so far.</summary>
    internal long Transactions => writers.Sum(writer => writer.Transactions);

    /// <summary>
    /// Writes a batch: its records, its repository's state and its error rows, in one transaction, or nothing of it. Records that cannot
    /// be indexed cost themselves alone; a key named twice stands for its last record and counts once. The records' JSON is not read
    /// after the task has ended.
    /// </summary>
    /// <param name="batch">What to write.</param>
    /// <param name="cancellationToken">Takes the batch back while it waits. Once its transaction has begun, which it may share with others,
    /// it is written all the same.</param>
    /// <exception cref="IndexUnavailableException">The database could not be written to, or the answer was lost: read the repository's
    /// state again before writing again.</exception>
    /// <exception cref="ArgumentException">The batch contradicts itself or names a collection that is not indexed.</exception>
    /// <exception cref="ObjectDisposedException">The store is shut down.</exception>
    public async Task<BatchResult> WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();

        var pending = PendingBatch.Read(batch, options.RecordBytes);
        queue.Add(pending);
        await using var _ = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (queue, pending) = ((BatchQueue, PendingBatch))state!;
                if (queue.Withdraw(pending))
                    pending.Cancel(token);
            },
            (queue, pending));
        return await pending.Completion;
    }

    /// <summary>Takes no more batches, writes those that wait, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await Task.WhenAll(lanes);
        foreach (var writer in writers)
            await writer.DisposeAsync();
    }

    async Task RunAsync(GroupWriter writer)
    {
        while (await queue.TakeAsync() is { } group)
        {
            try
            {
                await writer.WriteAsync(group);
                Debug.Assert(group.TrueForAll(batch => batch.Completion.IsCompleted), "A caller would wait for ever.");
            }
            finally
            {
                // The other lanes go by what is under way.
                queue.Finish(group);
            }
        }
    }
}
