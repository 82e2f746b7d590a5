namespace Atbb.Indexing;

/// <summary>How records are taken in. The defaults suit; a change is for measurements.</summary>
public sealed class IndexingOptions
{
    /// <summary>
    /// Transactions at once on PostgreSQL. Default one per four processors, from 2 to 4: while one is prepared here or waits for the disk, the server works at another;
    /// fewer and fuller ones cost less, since more of what refers to one another is written together. SQLite always has one.
    /// </summary>
    public int PostgreSqlLanes { get; set; } = Math.Clamp(Environment.ProcessorCount / 4, 2, 4);

    /// <summary>
    /// Batches that must wait before a transaction is begun beside one that is under way. Default 48: halves that do not know of one another leave more references to be
    /// resolved later, each by writing its row once more.
    /// </summary>
    public int BatchesBesideOthers { get; set; } = 48;

    /// <summary>Records that one transaction takes together from waiting batches. Default 10,000: as many as a hundred repositories have at hand at once, and whole forums of small ones.</summary>
    public int RecordsPerTransaction { get; set; } = 10_000;

    /// <summary>Batches that one transaction takes together. Default 256.</summary>
    public int BatchesPerTransaction { get; set; } = 256;

    /// <summary>Bytes of records that one transaction takes together. Default 16 MiB, which bounds memory when records are large.</summary>
    public int BytesPerTransaction { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of one record's JSON; larger ones fail as <c>too_large</c>. Default 1 MiB: a PDS takes 1,000,000 bytes.</summary>
    public int RecordBytes { get; set; } = 1024 * 1024;
}
