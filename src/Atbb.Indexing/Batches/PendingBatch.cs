using System.Diagnostics;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;

namespace Atbb.Indexing.Batches;

/// <summary>A batch on its way through the store: its records read into rows, and the caller who waits for it.</summary>
sealed class PendingBatch
{
    readonly TaskCompletionSource<BatchResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Dictionary<string, RecordRow> rows = new(StringComparer.Ordinal);
    readonly List<RecordFailure> failures = [];

    PendingBatch(RecordBatch batch, RecordCollection? collection)
    {
        Batch = batch;
        Collection = collection;
    }

    public RecordBatch Batch { get; }

    public RecordCollection? Collection { get; }

    /// <summary>The trace of the caller; nothing where none is listened to.</summary>
    public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    public RepoState Repo => Batch.Repo;

    /// <summary>The run that failures stand under.</summary>
    public long? RunId => Batch.IsByHand ? ErrorStore.ByHand : Repo.RunId;

    /// <summary>The records that became rows, by key. A key that a page names twice stands for its last record and counts once.</summary>
    public IReadOnlyDictionary<string, RecordRow> Rows => rows;

    /// <summary>What cannot be indexed.</summary>
    public IReadOnlyList<RecordFailure> Failures => failures;

    public long Bytes { get; private set; }

    public Task<BatchResult> Completion => completion.Task;

    /// <summary>Reads a batch's records.</summary>
    /// <exception cref="ArgumentException">The batch contradicts itself or names a collection that is not indexed.</exception>
    public static PendingBatch Read(RecordBatch batch, int maxRecordBytes)
    {
        if (batch.Records.Count > 0 && batch.Collection is null)
            throw new ArgumentException("A batch with records names their collection.", nameof(batch));
        if (batch.RemoveRows && batch.Records.Count > 0)
            throw new ArgumentException("A batch that removes a repository's rows has no records.", nameof(batch));

        var pending = new PendingBatch(batch, batch.Collection is null ? null : CollectionCatalog.Get(batch.Collection));
        if (batch.Failure is not null)
            pending.failures.Add(batch.Failure);

        var named = new NamedRecords();
        foreach (var record in batch.Records)
        {
            pending.Bytes += record.Json.Length;
            // Also when this one fails: what the page says last of a key is what it holds.
            pending.rows.Remove(record.Rkey ?? "");
            if (RecordReader.TryRead(pending.Collection!, batch.Repo.Did, record, named, maxRecordBytes, out var row, out var fault))
                pending.rows[row.Rkey] = row;
            else
                pending.failures.Add(new RecordFailure(batch.Collection, pending.UriOf(record), record.Cid, fault.Kind, pending.Told(fault.Message, fault.Kind)));
        }

        return pending;
    }

    /// <summary>A row that the database refuses becomes a failure.</summary>
    public void Refuse(RecordRow row, string message)
    {
        rows.Remove(row.Rkey);
        failures.Add(new RecordFailure(Batch.Collection, row.Uri, row.Cid, FailureKinds.RefusedByDatabase, Told(message, FailureKinds.RefusedByDatabase)));
    }

    public void Complete(BatchResult result) => completion.TrySetResult(result);

    public void Fail(Exception error) => completion.TrySetException(error);

    public void Cancel(CancellationToken cancellationToken) => completion.TrySetCanceled(cancellationToken);

    // With the host: whether one server's records fail or everybody's is the first thing to be known.
    string Told(string message, string kind) =>
        $"{message}{(Uri.TryCreate(Repo.Pds, UriKind.Absolute, out var pds) ? $" It is at {pds.Authority}." : "")} {FailureKinds.NextStep(kind)}";

    string UriOf(SourceRecord record) =>
        string.IsNullOrEmpty(record.Uri) ? $"at://{Repo.Did}/{Batch.Collection}/{record.Rkey}" : record.Uri;
}
