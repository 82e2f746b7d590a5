using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>What batches of many repositories cost that are written together, in things that can be counted.</summary>
public sealed class GroupCostTests : IndexTests
{
    const int MaxRecordBytes = 1024 * 1024;

    /// <summary>A group of 64 is halved six times: of each halving the good half is one transaction, and the bad batch is another when what was refused is left out.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_OneRefusedRecordAmongManyBatches_CostsATransactionForEachHalving(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        await RefusedRecords.RefuseAsync(database);
        await using var writer = Writer(database.Index);
        var group = Group(64, i => Batch(Repo(Did(i), run: 3), Post, Topic(Did(i), "a"), Topic(Did(i), "b", i == 37 ? RefusedRecords.Text : "Hello")));

        var results = await WriteAsync(writer, group);

        Assert.Equal(7, writer.Transactions);
        Assert.Equal([.. Enumerable.Range(0, 64).Select(i => i == 37 ? (1L, 1L) : (2, 0))], results.Select(result => (result.Counts.Indexed, result.Counts.Failed)));
        Assert.Equal(127, await database.NumberAsync("select count(*) from posts"));
        Assert.Equal([[Did(37)]], await database.QueryAsync("select did from backfill_errors"));
    }

    GroupWriter Writer(IndexDatabase index) => new(index, index.CreateWriter(), new IndexMetrics(), Time, NullLogger.Instance);

    static string Did(int i) => $"did:plc:member{i:D3}";

    static List<PendingBatch> Group(int count, Func<int, RecordBatch> batch) => [.. Enumerable.Range(0, count).Select(i => PendingBatch.Read(batch(i), MaxRecordBytes))];

    static async Task<BatchResult[]> WriteAsync(GroupWriter writer, IReadOnlyList<PendingBatch> group)
    {
        await writer.WriteAsync(group);
        return await Task.WhenAll(group.Select(batch => batch.Completion));
    }
}
