using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Orleans.Concurrency;

namespace Atbb.Grains.Indexing;

/// <summary>
/// The way from the repositories to the database: one activation per core, reentrant, so that batches of several repositories meet in
/// the <see cref="IndexStore"/> and are committed together.
/// </summary>
[StatelessWorker, Reentrant]
sealed class IndexerGrain(IndexStore store) : Grain, IIndexerGrain
{
    public async Task<Immutable<BatchResult>> IndexAsync(RecordBatch batch)
    {
        try
        {
            return (await store.WriteAsync(batch, CancellationToken.None)).AsImmutable();
        }
        catch (IndexUnavailableException e)
        {
            // The database driver's exceptions have no codec: only our own may cross to the caller.
            throw new IndexUnreachableException(e.Message);
        }
    }
}
