namespace Atbb.Indexing.Batches;

/// <summary>
/// The stretch of record keys that a whole, ordered page speaks for: what the index has there and the page has not, is gone.
/// Keys are compared by their bytes.
/// </summary>
/// <param name="Lower">Where it begins; null: before every key.</param>
/// <param name="LowerInclusive">Whether <paramref name="Lower"/> itself belongs to it.</param>
/// <param name="Upper">Where it ends; null: after every key.</param>
/// <param name="UpperInclusive">Whether <paramref name="Upper"/> itself belongs to it.</param>
public sealed record KeyRange(string? Lower, bool LowerInclusive, string? Upper, bool UpperInclusive)
{
    /// <summary>A key within the range that an earlier page has spoken for: it stays. Null when there is none.</summary>
    public string? Spared { get; init; }
}
