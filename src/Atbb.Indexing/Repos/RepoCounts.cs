namespace Atbb.Indexing.Repos;

/// <summary>What a pass over a repository came to, in records, requests and bytes.</summary>
/// <param name="Indexed">Records that were not in the index and are now.</param>
/// <param name="Updated">Records that were in the index with another CID.</param>
/// <param name="Unchanged">Records that were in the index with the same CID.</param>
/// <param name="Deleted">Rows removed because the repository no longer has the record.</param>
/// <param name="Failed">Records that could not be indexed, and failures of the repository as a whole.</param>
/// <param name="Requests">Requests to the PDS and to DID directories, answered or not.</param>
/// <param name="Bytes">Bytes of the answers' bodies.</param>
public readonly record struct RepoCounts(long Indexed, long Updated, long Unchanged, long Deleted, long Failed, long Requests, long Bytes)
{
    /// <summary>Adds column by column.</summary>
    public static RepoCounts operator +(RepoCounts a, RepoCounts b) => new(
        a.Indexed + b.Indexed, a.Updated + b.Updated, a.Unchanged + b.Unchanged, a.Deleted + b.Deleted,
        a.Failed + b.Failed, a.Requests + b.Requests, a.Bytes + b.Bytes);

    /// <summary>Subtracts column by column.</summary>
    public static RepoCounts operator -(RepoCounts a, RepoCounts b) => new(
        a.Indexed - b.Indexed, a.Updated - b.Updated, a.Unchanged - b.Unchanged, a.Deleted - b.Deleted,
        a.Failed - b.Failed, a.Requests - b.Requests, a.Bytes - b.Bytes);

    /// <inheritdoc cref="op_Subtraction"/>
    public static RepoCounts Subtract(RepoCounts left, RepoCounts right) => left - right;

    /// <inheritdoc cref="op_Addition"/>
    public static RepoCounts Add(RepoCounts left, RepoCounts right) => left + right;
}
