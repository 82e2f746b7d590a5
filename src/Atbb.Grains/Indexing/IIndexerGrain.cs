using Atbb.Indexing.Batches;

namespace Atbb.Grains.Indexing;

/// <summary>Writes batches. Stands beside every repository that calls it, so a batch is handed over and never copied.</summary>
[Alias("atbb.IIndexerGrain")]
interface IIndexerGrain : IGrainWithIntegerKey
{
    /// <summary>Writes a batch and answers what came of it.</summary>
    /// <remarks>
    /// Takes no cancellation token: a batch once handed over is written or refused. Given up half way, nobody would know which.
    /// </remarks>
    /// <exception cref="Interfaces.IndexUnreachableException">The database did not do it, for a reason that may pass.</exception>
    [Alias("Index"), ResponseTimeout("00:02:00")]
    Task<IndexReply> IndexAsync([Immutable] RecordBatch batch);
}
