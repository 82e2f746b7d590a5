using Atbb.AtProto.Syntax;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Benchmarks;

/// <summary>
/// Pages into the index, one at a time, each in a transaction of its own: what a commit and its round trips cost, which in a run many pages share. What the
/// posts refer to is there.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class WritePage
{
    BenchmarkDatabase database = null!;
    IndexStore store = null!;
    RowByRow rowByRow = null!;
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
        rowByRow = await RowByRow.OpenAsync(database.Index);

        var forum = SamplePage.Forum(Posts);
        var boards = await store.WriteAsync(new SamplePage(forum.Forum, BoardCollection.Nsid).Batch(), CancellationToken.None);
        await store.WriteAsync(new SamplePage(forum.Forum, ForumCollection.Nsid).Batch() with { Repo = boards.Repo }, CancellationToken.None);
        foreach (var other in forum.Users.Skip(1))
            await store.WriteAsync(new SamplePage(other, SamplePage.Post).Batch(), CancellationToken.None);
        batch = new SamplePage(forum.Users[0], SamplePage.Post).Batch();
        await CheckAsync();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await rowByRow.DisposeAsync();
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>No record has a row: all rows are new, beside ever more of them.</summary>
    [Benchmark, BenchmarkCategory("new")]
    public Task<long> New() => WriteAsync(NextPage());

    [Benchmark(Baseline = true), BenchmarkCategory("new")]
    public Task<int> NewRowByRow() => WriteRowByRowAsync(NextPage());

    /// <summary>Every record has another CID than its row: all rows are written.</summary>
    [Benchmark, BenchmarkCategory("changed")]
    public Task<long> Changed() => WriteAsync(ChangedPage());

    [Benchmark(Baseline = true), BenchmarkCategory("changed")]
    public Task<int> ChangedRowByRow() => WriteRowByRowAsync(ChangedPage());

    /// <summary>Every record has its row: none is written.</summary>
    [Benchmark, BenchmarkCategory("unchanged")]
    public Task<long> Unchanged() => WriteAsync(batch);

    [Benchmark(Baseline = true), BenchmarkCategory("unchanged")]
    public Task<int> UnchangedRowByRow() => WriteRowByRowAsync(batch);

    RecordBatch NextPage()
    {
        var first = (long)batch.Records.Count * ++pages;
        var records = batch.Records.Select((record, i) => (Record: record, Rkey: Tid.FromTime(DateTimeOffset.UnixEpoch.AddMilliseconds(first + i), 0).Value));
        SourceRecord[] page = [.. records.Select(of => of.Record with { Rkey = of.Rkey, Uri = of.Record.Uri[..^of.Record.Rkey.Length] + of.Rkey })];
        // From behind the page before to its own end, as a page in the middle of a listing: with it comes the reading of what the index has there.
        var range = new KeyRange(last, false, page[^1].Rkey, true);
        last = page[^1].Rkey;
        return batch with { Range = range, Records = page };
    }

    RecordBatch ChangedPage()
    {
        // Told from the page before by its CIDs alone, which is all that is compared.
        isThere = !isThere;
        return isThere ? batch : batch with { Records = [.. batch.Records.Select(record => record with { Cid = record.Cid[..^1] + (record.Cid[^1] == 'a' ? 'b' : 'a') })] };
    }

    async Task<long> WriteAsync(RecordBatch page)
    {
        var written = await store.WriteAsync(page, CancellationToken.None);
        batch = batch with { Repo = written.Repo };
        return written.IsStale ? throw new InvalidOperationException("Somebody else has written.") : written.Counts.Indexed;
    }

    Task<int> WriteRowByRowAsync(RecordBatch page) => rowByRow.WriteAsync(page.Repo.Did, page.Records);

    // Both ways leave the same rows: new, changed and unchanged ones.
    async Task CheckAsync()
    {
        var ours = await RowsOfAsync(WriteAsync);
        var plain = await RowsOfAsync(WriteRowByRowAsync);
        Agreement.Require(ours, plain, 3 * Posts);
    }

    async Task<List<string>> RowsOfAsync<T>(Func<RecordBatch, Task<T>> write)
    {
        var rows = new List<string>();
        RecordBatch[] versions = [ChangedPage(), ChangedPage()];
        foreach (var page in (RecordBatch[])[versions[0], versions[1], versions[1]])
        {
            await write(page with { Repo = batch.Repo });
            rows.AddRange(await rowByRow.ReadAsync(batch.Repo.Did));
        }

        await WriteAsync(batch with { Collection = null, Records = [], Range = null, RemoveRows = true });
        return rows;
    }
}
