namespace Atbb.Grains.Interfaces.Runs;

/// <summary>What a run, or a repository within it, has come to.</summary>
/// <param name="Indexed">Records that were not in the index and are now.</param>
/// <param name="Updated">Records that were in the index with another CID.</param>
/// <param name="Unchanged">Records that were in the index with the same CID.</param>
/// <param name="Deleted">Rows removed because the repository no longer has the record.</param>
/// <param name="Failed">Records that could not be indexed, and failures of repositories as a whole; each has an error row.</param>
/// <param name="Requests">Requests to PDSes and DID directories.</param>
/// <param name="Bytes">Bytes of the answers' bodies.</param>
/// <param name="LeftOut">Repositories that were left out, since the operator said so.</param>
[GenerateSerializer, Immutable, Alias("atbb.SyncCounts")]
public readonly record struct SyncCounts(
    [property: Id(0)] long Indexed,
    [property: Id(1)] long Updated,
    [property: Id(2)] long Unchanged,
    [property: Id(3)] long Deleted,
    [property: Id(4)] long Failed,
    [property: Id(5)] long Requests,
    [property: Id(6)] long Bytes,
    [property: Id(7)] long LeftOut = 0)
{
    /// <summary>Records looked at and settled.</summary>
    public long Records => Indexed + Updated + Unchanged + Deleted + Failed;

    /// <summary>Adds column by column.</summary>
    public static SyncCounts operator +(SyncCounts a, SyncCounts b) => new(
        a.Indexed + b.Indexed, a.Updated + b.Updated, a.Unchanged + b.Unchanged, a.Deleted + b.Deleted,
        a.Failed + b.Failed, a.Requests + b.Requests, a.Bytes + b.Bytes, a.LeftOut + b.LeftOut);

    /// <summary>The greater one, column by column.</summary>
    public static SyncCounts Max(SyncCounts a, SyncCounts b) => new(
        Math.Max(a.Indexed, b.Indexed), Math.Max(a.Updated, b.Updated), Math.Max(a.Unchanged, b.Unchanged), Math.Max(a.Deleted, b.Deleted),
        Math.Max(a.Failed, b.Failed), Math.Max(a.Requests, b.Requests), Math.Max(a.Bytes, b.Bytes),
        Math.Max(a.LeftOut, b.LeftOut));

    /// <inheritdoc cref="op_Addition"/>
    public static SyncCounts Add(SyncCounts left, SyncCounts right) => left + right;
}
