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
    public void Setup() => batch = new SamplePage(Posts).Batch();

    /// <summary>The JSON to columns.</summary>
    [Benchmark]
    public int Read() => PendingBatch.Read(batch, MaxRecordBytes).Rows.Count;

    /// <summary>The same, and what the transaction is to do.</summary>
    [Benchmark]
    public object ReadAndPlan()
    {
        var pending = PendingBatch.Read(batch, MaxRecordBytes);
        var ids = new IdPool();
        for (var id = 0; id < Posts; id++)
            ids.Add(CollectionCatalog.Get(SamplePage.Post), id);
        return WritePlanner.Plan([pending], new IndexReading(), ids, DateTime.UnixEpoch);
    }
}
