namespace Atbb.Indexing;

/// <summary>How records are taken in. The defaults suit; a change is for measurements.</summary>
public sealed class IndexingOptions
{
    /// <summary>
    /// Transactions at once on PostgreSQL. Default one per two processors, from 2 (while one is executed, the other is prepared) to 4: fewer
    /// and fuller ones cost less. SQLite always has one.
    /// </summary>
    public int PostgreSqlLanes { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 2, 4);

    /// <summary>Records that one transaction takes together from waiting batches. Default 2,000: beyond, a row costs no less and waits longer.</summary>
    public int RecordsPerTransaction { get; set; } = 2_000;

    /// <summary>Batches that one transaction takes together. Default 256.</summary>
    public int BatchesPerTransaction { get; set; } = 256;

    /// <summary>Bytes of records that one transaction takes together. Default 16 MiB, which bounds memory when records are large.</summary>
    public int BytesPerTransaction { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of one record's JSON; larger ones fail as <c>too_large</c>. Default 1 MiB: a PDS takes 1,000,000 bytes.</summary>
    public int RecordBytes { get; set; } = 1024 * 1024;
}
