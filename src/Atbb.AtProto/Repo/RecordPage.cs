namespace Atbb.AtProto.Repo;

/// <summary>
/// One page of records. Owns the pooled buffer that its records' JSON points into: after <see cref="Dispose"/> they must not be read.
/// </summary>
public sealed class RecordPage(IReadOnlyList<ListedRecord> records, string? cursor, int bytes, IDisposable? buffer) : IDisposable
{
    IDisposable? buffer = buffer;

    /// <summary>The records, in the PDS's order.</summary>
    public IReadOnlyList<ListedRecord> Records { get; } = records;

    /// <summary>Where the next page begins; null (also when the PDS sent an empty text) when this is the last.</summary>
    public string? Cursor { get; } = cursor;

    /// <summary>Bytes of the answer's body.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>Gives the buffer back. Only when nobody can still be reading the records: after a call that timed out, drop the page instead.</summary>
    public void Dispose() => Interlocked.Exchange(ref buffer, null)?.Dispose();
}
