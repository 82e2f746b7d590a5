using System.Text;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using BenchmarkDotNet.Attributes;

namespace Atbb.Benchmarks;

/// <summary>Records to rows, and rows to what is to be written, with an index that has nothing of the page yet.</summary>
public class MapPage
{
    const int MaxRecordBytes = 1024 * 1024;

    RecordBatch batch = null!;

    /// <summary>Posts on the page.</summary>
    [Params(20, 100)]
    public int Posts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        batch = new SamplePage(Posts).Batch();
        Agreement.Require(PendingBatch.Read(batch, MaxRecordBytes).Rows.Values.Select(Told), Rows().Select(Told), Posts);
    }

    /// <summary>The JSON to columns.</summary>
    [Benchmark]
    public int Read() => PendingBatch.Read(batch, MaxRecordBytes).Rows.Count;

    /// <summary>By a tree of each record, to the same rows.</summary>
    [Benchmark(Baseline = true)]
    public int ReadAsTree() => Rows().Count;

    /// <summary>The JSON to columns, and what the transaction is to do.</summary>
    [Benchmark]
    public object ReadAndPlan()
    {
        var pending = PendingBatch.Read(batch, MaxRecordBytes);
        var ids = new IdPool();
        for (var id = 0; id < Posts; id++)
            ids.Add(CollectionCatalog.Get(SamplePage.Post), id);
        return WritePlanner.Plan([pending], new IndexReading(), ids, DateTime.UnixEpoch);
    }

    List<RecordRow> Rows() => [.. batch.Records.Select(record => ObjectTree.Read(batch.Repo.Did, record))];

    // Every value, and not which arrays they stand in.
    static string Told(RecordRow row) =>
        $"{row.Uri} {row.Rkey} {row.Cid} {Encoding.UTF8.GetString(row.Json.Span)} {row.CreatedAt:O} {string.Join(" | ", row.Values)} {string.Join(" | ", row.Targets)}";
}
