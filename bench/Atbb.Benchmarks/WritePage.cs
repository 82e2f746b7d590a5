using Atbb.AtProto.Syntax;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Benchmarks;

/// <summary>Pages into the index, one at a time, each in a transaction of its own: what a commit and its round trips cost, which in a run many pages share.</summary>
public class WritePage
{
    BenchmarkDatabase database = null!;
    IndexStore store = null!;
    RecordBatch batch = null!;
    bool isThere;
    long pages;
    string? last;

    /// <summary>Posts on the page.</summary>
    [Params(20, 100)]
    public int Posts { get; set; }

    /// <summary>The database.</summary>
    [Params(DatabaseKind.PostgreSql, DatabaseKind.Sqlite)]
    public DatabaseKind Database { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        database = await BenchmarkDatabase.CreateAsync(Database);
        store = new IndexStore(database.Index, new IndexingOptions(), TimeProvider.System, NullLogger<IndexStore>.Instance);
        batch = new SamplePage(Posts).Batch();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>No record has a row: all rows are new, beside ever more of them.</summary>
    [Benchmark]
    public async Task<long> New()
    {
        var first = (long)batch.Records.Count * ++pages;
        var records = batch.Records.Select((record, i) => (Record: record, Rkey: Tid.FromTime(DateTimeOffset.UnixEpoch.AddMilliseconds(first + i), 0).Value));
        SourceRecord[] page = [.. records.Select(of => of.Record with { Rkey = of.Rkey, Uri = of.Record.Uri[..^of.Record.Rkey.Length] + of.Rkey })];
        // From behind the page before to its own end, as a page in the middle of a listing: with it comes the reading of what the index has there.
        var range = new KeyRange(last, false, page[^1].Rkey, true);
        last = page[^1].Rkey;
        return await WriteAsync(batch with { Range = range, Records = page });
    }

    /// <summary>Every record has another CID than its row: all rows are written.</summary>
    [Benchmark]
    public async Task<long> Changed()
    {
        // Told from the page before by its CIDs alone, which is all that is compared.
        isThere = !isThere;
        var records = isThere ? batch.Records : [.. batch.Records.Select(record => record with { Cid = record.Cid[..^1] + (record.Cid[^1] == 'a' ? 'b' : 'a') })];
        return await WriteAsync(batch with { Records = records });
    }

    /// <summary>Every record has its row: none is written.</summary>
    [Benchmark]
    public Task<long> Unchanged() => WriteAsync(batch);

    async Task<long> WriteAsync(RecordBatch page)
    {
        var written = await store.WriteAsync(page, CancellationToken.None);
        batch = batch with { Repo = written.Repo };
        return written.IsStale ? throw new InvalidOperationException("Somebody else has written.") : written.Counts.Indexed;
    }
}
