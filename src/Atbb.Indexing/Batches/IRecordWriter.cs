using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>Reads and writes for the way of a record, in one transaction at a time, on a connection of its own.</summary>
interface IRecordWriter : IAsyncDisposable
{
    /// <summary>Ids reserved for new rows.</summary>
    IdPool Ids { get; }

    /// <summary>Begins a transaction and reads what its plan needs.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="alone">Keeps every other writer of references out from the start: for a transaction that others got in the way of.</param>
    Task<IndexReading> BeginAsync(ReadRequest request, bool alone);

    /// <summary>Writes a plan; neither commits nor rolls back.</summary>
    Task<WriteOutcome> WriteAsync(WritePlan plan);

    /// <summary>Why this database is known to refuse a record, found out without asking it; null where nothing is known against it.</summary>
    string? FaultOf(RecordRow row);

    /// <summary>Tries a plan's rows one by one, each on its own, and says which of them the database refuses and why. Ends in a rollback.</summary>
    Task<IReadOnlyList<(RowWrite Row, string Message)>> FindRefusedAsync(WritePlan plan);

    Task CommitAsync();

    /// <summary>Gives the transaction up. Never throws: a broken connection is given up too.</summary>
    Task RollbackAsync();
}
