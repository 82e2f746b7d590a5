using System.Diagnostics.Metrics;
using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>What goes into the index. Counted once a transaction, so that a record costs nothing.</summary>
public sealed class IndexMetrics
{
    static readonly string[] Outcomes = ["indexed", "updated", "unchanged", "deleted", "failed"];

    readonly Meter meter;
    readonly Counter<long> records;
    readonly Counter<long> errors;
    readonly Counter<long> transactions;
    readonly Histogram<long> batchSizes;
    readonly Histogram<long> batchesTogether;
    readonly Histogram<double> commits;

    /// <param name="meters">Where meters come from; null: nobody looks.</param>
    public IndexMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(IndexingTelemetry.Name) ?? new Meter(IndexingTelemetry.Name);
        records = meter.CreateCounter<long>("atbb.records", "{record}", "Records written to the index or found to be in it, by outcome.");
        errors = meter.CreateCounter<long>("atbb.errors", "{error}", "Records and repositories that could not be indexed, by kind: the rows of backfill_errors.");
        transactions = meter.CreateCounter<long>("atbb.index.transactions", "{transaction}", "Transactions of the index, by outcome.");
        batchSizes = meter.CreateHistogram<long>("atbb.index.transaction.records", "{record}", "Records that were committed together.");
        batchesTogether = meter.CreateHistogram<long>("atbb.index.transaction.batches", "{batch}", "Batches of repositories that were committed together.");
        commits = meter.CreateHistogram<double>("atbb.index.transaction.duration", "s", "From the beginning of a transaction to its commit.");
    }

    /// <summary>
    /// Says zero of every outcome and every kind of error, once somebody listens: Prometheus takes the first value that it sees of a series for where it
    /// began, so of a series that begins with its first hundred errors it would not say that there were any.
    /// </summary>
    public void BeginAtZero()
    {
        foreach (var outcome in Outcomes)
            Count(outcome, 0);
        foreach (var kind in FailureKinds.All)
            errors.Add(0, new KeyValuePair<string, object?>("kind", kind));
    }

    internal void Observe(BatchQueue queue) =>
        meter.CreateObservableGauge("atbb.index.queue", () => (long)queue.Count, "{batch}", "Batches that wait for a transaction.");

    internal void Committed(IReadOnlyList<PendingBatch> group, IReadOnlyList<BatchResult> results, TimeSpan took)
    {
        long indexed = 0, updated = 0, unchanged = 0, deleted = 0, failed = 0, rows = 0;
        for (var i = 0; i < group.Count; i++)
        {
            var counts = results[i].Counts;
            indexed += counts.Indexed;
            updated += counts.Updated;
            unchanged += counts.Unchanged;
            deleted += counts.Deleted;
            failed += counts.Failed;
            rows += group[i].Rows.Count;
            for (var j = 0; j < results[i].Failures.Count; j++)
                errors.Add(1, new KeyValuePair<string, object?>("kind", results[i].Failures[j].Kind));
        }

        Count("indexed", indexed);
        Count("updated", updated);
        Count("unchanged", unchanged);
        Count("deleted", deleted);
        Count("failed", failed);
        transactions.Add(1, new KeyValuePair<string, object?>("outcome", "committed"));
        batchSizes.Record(rows);
        batchesTogether.Record(group.Count);
        commits.Record(took.TotalSeconds);
    }

    /// <summary>A transaction was undone and is tried again.</summary>
    internal void Repeated() => transactions.Add(1, new KeyValuePair<string, object?>("outcome", "repeated"));

    /// <summary>A transaction was undone, and its callers were told.</summary>
    internal void Failed() => transactions.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    // Also nothing, for a process that nobody has let begin at zero: a series that is there from the first transaction on has no later first step that a rate would miss.
    void Count(string outcome, long count) => records.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
}
