using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>What a page costs, in things that can be counted: these fail when somebody adds a round trip, a statement or a tree of objects for each record.</summary>
public class CostTests : IndexTests
{
    const int MaxRecordBytes = 1024 * 1024;

    // Begin with all that is read, write the repository, begin and end the copy, what follows from its rows, commit.
    const int RoundTripsOfANewPage = 6;

    // Begin with all that is read, write, commit.
    const int RoundTripsOfAnUnchangedPage = 3;

    // What must be read, what is written, and what has waited for it or waits now. Exact, as all of these: a saving is written down here, or it would leave room for a loss.
    const int StatementsOfANewPage = 14;

    // The settings and what must be read; then the repository, its cursors.
    const int StatementsOfAnUnchangedPage = 8;

    // Measured, and a fifth on top: strings and values of the columns, parsed references, the row, and its part of the plan. A tree of the record's
    // JSON would be several kB more.
    const long MostBytesForARecord = 1_700;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public async Task WriteAsync_NewPage_CostsAsManyRoundTripsHoweverManyRecords(int records)
    {
        var traffic = await TrafficAsync(records, isThere: false);

        Assert.Equal(1, traffic.Transactions);
        Assert.Equal(RoundTripsOfANewPage, traffic.RoundTrips);
        Assert.Equal(StatementsOfANewPage, traffic.Statements);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task WriteAsync_UnchangedPage_CostsAsManyRoundTripsHoweverManyRecords(int records)
    {
        var traffic = await TrafficAsync(records, isThere: true);

        Assert.Equal(1, traffic.Transactions);
        Assert.Equal(RoundTripsOfAnUnchangedPage, traffic.RoundTrips);
        Assert.Equal(StatementsOfAnUnchangedPage, traffic.Statements);
    }

    [Fact]
    public void ReadAndPlan_PageOfPosts_AllocatesLittleForARecord()
    {
        var batch = SampleBatch(posts: 100);
        var perRecord = Allocations.Least(() => Plan(batch)) / batch.Records.Count;

        Assert.InRange(perRecord, 1, MostBytesForARecord);
    }

    async Task<PostgresTraffic> TrafficAsync(int records, bool isThere)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var meter = new PostgresMeter(database.Address);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(meter.Url), NullLoggerFactory.Instance);
        // One lane: its connection is open, and knows its statements, when the counting begins.
        await using var store = new IndexStore(index, new IndexingOptions { PostgreSqlLanes = 1 }, Time, NullLogger<IndexStore>.Instance);
        var topic = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "root")), Token);
        for (var i = 0; i < 3; i++)
            await store.WriteAsync(Batch(Repo($"did:plc:warm{i}"), Post, Replies($"did:plc:warm{i}", records)), Token);
        var before = isThere ? (await store.WriteAsync(Batch(Repo(Bob), Post, Replies(Bob, records)), Token)).Repo : Repo(Bob);

        meter.Clear();
        var written = await store.WriteAsync(Batch(before, Post, Replies(Bob, records)) with { Range = Everything }, Token);

        Assert.Equal(records, isThere ? written.Counts.Unchanged : written.Counts.Indexed);
        return meter.Traffic;
    }

    static SourceRecord[] Replies(string did, int count) => Records.Thread(did, count, Uri(Alice, Post, "root"));

    static RecordBatch SampleBatch(int posts)
    {
        var user = SampleForum.GenerateLazily(new SampleForumOptions { Users = 2, PostsPerUser = posts }, long.MaxValue).Users[0];
        return Batch(Repo(user.Did), Post, [.. user.Records(Post).Select(record => new SourceRecord(record.Uri, record.Rkey, record.Cid, record.Json))]);
    }

    static void Plan(RecordBatch batch)
    {
        var pending = PendingBatch.Read(batch, MaxRecordBytes);
        var ids = new IdPool();
        for (var id = 0; id < batch.Records.Count; id++)
            ids.Add(CollectionCatalog.Get(Post), id);
        Assert.Equal(batch.Records.Count, WritePlanner.Plan([pending], new IndexReading(), ids, DateTime.UnixEpoch).Tables.Single().Rows.Count);
    }
}
