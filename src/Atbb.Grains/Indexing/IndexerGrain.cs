using System.Data.Common;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Atbb.Grains.Indexing;

/// <summary>
/// The way from the repositories to the database: one activation per core, reentrant, so that batches of several repositories meet in
/// the <see cref="IndexStore"/> and are committed together.
/// </summary>
[StatelessWorker, Reentrant]
sealed partial class IndexerGrain(IndexStore store, ILogger<IndexerGrain> logger) : Grain, IIndexerGrain
{
    public async Task<IndexReply> IndexAsync(RecordBatch batch)
    {
        try
        {
            return new IndexReply(await store.WriteAsync(batch, CancellationToken.None));
        }
        catch (IndexUnavailableException e)
        {
            // The database driver's exceptions have no codec: only our own may cross to the caller.
            throw new IndexUnreachableException(e.Message);
        }
        catch (DbException e)
        {
            // Neither the data's fault nor one that passes: a statement that does not fit the tables is a bug, and ends the run as one.
            LogBroken(e, batch.Repo.Did, batch.Collection);
            throw new InvalidOperationException($"The index database refused a statement of this program ({e.SqlState}): {e.Message}");
        }
    }

    [LoggerMessage(250, LogLevel.Error, "index.broken: a batch of {Did} ({Collection}) could not be written, and not for its data's sake: the run ends with it; report it with this stack", EventName = "index.broken")]
    partial void LogBroken(Exception exception, string did, string? collection);
}
