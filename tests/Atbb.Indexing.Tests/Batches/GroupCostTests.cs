using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>What batches of many repositories cost that are written together, in things that can be counted.</summary>
public sealed class GroupCostTests : IndexTests
{
    const int MaxRecordBytes = 1024 * 1024;
    const int Run = 3;

    /// <summary>What a page brings beside what the index has.</summary>
    public enum Page
    {
        New,
        Changed,
        Unchanged,
        Removed,

        /// <summary>Records that could not be indexed before.</summary>
        Mended,
    }

    /// <summary>A group of 64 is halved six times: of each halving the good half is one transaction, and the bad batch is another when what was refused is left out.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_OneRefusedRecordAmongManyBatches_CostsATransactionForEachHalving(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        await RefusedRecords.RefuseAsync(database);
        await using var writer = Writer(database.Index, database.Index.CreateWriter());
        var group = Group(64, i => Batch(Repo(Did(i), Run), Post, Topic(Did(i), "a"), Topic(Did(i), "b", i == 37 ? RefusedRecords.Text : "Hello")));

        var results = await WriteAsync(writer, group);

        Assert.Equal(7, writer.Transactions);
        Assert.Equal([.. Enumerable.Range(0, 64).Select(i => i == 37 ? (1L, 1L) : (2, 0))], results.Select(result => (result.Counts.Indexed, result.Counts.Failed)));
        Assert.Equal(127, await database.NumberAsync("select count(*) from posts"));
        Assert.Equal([[Did(37)]], await database.QueryAsync("select did from backfill_errors"));
    }

    /// <summary>
    /// Numbers that no <c>jsonb</c> holds are found without the database: the group is written twice, however many there are. Halved, and each record of the page tried,
    /// it took 15 transactions and 479 round trips.
    /// </summary>
    [Fact]
    public async Task WriteAsync_PageOfNumbersThatPostgresCannotHoldAmongManyBatches_CostsOneTransactionMore()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var meter = new PostgresMeter(database.Address);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(meter.Url), NullLoggerFactory.Instance);
        await using var writer = Writer(index, index.CreateWriter());
        await WriteAsync(writer, Group(1, _ => Batch(Repo(Alice), Post, Topic(Alice, "root"))));
        var group = Group(64, i => Batch(Repo(Did(i), Run), Post, i == 37 ? Absurd(Did(i), 99) : [Topic(Did(i), "a"), Topic(Did(i), "b")]));
        meter.Clear();

        var results = await WriteAsync(writer, group);

        // Six of a group of new records, and five of the try before: it reads, writes the state, begins to copy, is refused at its end, and rolls back.
        Assert.Equal(new PostgresTraffic(RoundTrips: 11, Statements: 24, Transactions: 2), meter.Traffic);
        Assert.Equal([.. Enumerable.Range(0, 64).Select(i => i == 37 ? (1L, 99L) : (2, 0))], results.Select(result => (result.Counts.Indexed, result.Counts.Failed)));
        Assert.Equal(128, await database.NumberAsync("select count(*) from posts"));
        Assert.Equal([["fine"]], await database.QueryAsync($"select rkey from posts where did = '{Did(37)}'"));
        Assert.Equal(
            [[Did(37), "refused_by_database", 99L, 99L]],
            await database.QueryAsync("""
                select did, kind, count(*), count(distinct uri) from backfill_errors
                where error_message like 'The record has a number that the database cannot hold: 1e999999. %'
                group by did, kind
                """));
    }

    static SourceRecord[] Absurd(string did, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => Raw(did, Post, $"absurd{i:D4}", """{"text":"x","createdAt":"2026-01-02T03:04:05Z","e":1e999999}""")),
        Topic(did, "fine"),
    ];

    // Changed: the rows are there, so there is no copy, but what refers to them is locked first. Removed: each reference to a post is made to wait. Mended: with the errors
    // that there are, and their end. Exact, so that a saving is written down here.
    [Theory]
    [InlineData(Page.New, 6, 14)]
    [InlineData(Page.Changed, 3, 11)]
    [InlineData(Page.Unchanged, 3, 8)]
    [InlineData(Page.Removed, 3, 13)]
    [InlineData(Page.Mended, 6, 15)]
    public async Task WriteAsync_OnPostgres_CostsAsMuchHoweverManyRepositories(Page page, int roundTrips, int statements)
    {
        var expected = new PostgresTraffic(roundTrips, statements, Transactions: 1);

        Assert.Equal(expected, await TrafficAsync(page, repositories: 1));
        Assert.Equal(expected, await TrafficAsync(page, repositories: 100));
    }

    // For a record: its parent is looked up, the row written, its error cleared; for one that is removed, the row, and the three references that there may be to it. For a
    // repository, with one record of which: its row, its user, its cursors, what it has of the stretch.
    [Theory]
    [InlineData(Page.New, 2, 6)]
    [InlineData(Page.Changed, 2, 5)]
    [InlineData(Page.Unchanged, 1, 4)]
    [InlineData(Page.Removed, 4, 8)]
    [InlineData(Page.Mended, 3, 7)]
    public async Task WriteAsync_OnSqlite_CostsSoManyStatementsForARecordAndForARepository(Page page, int record, int repository)
    {
        var least = await StatementsAsync(page, repositories: 1, records: 1);
        var oneOfMany = await StatementsAsync(page, repositories: 1, records: 101);
        var manyOfOne = await StatementsAsync(page, repositories: 101, records: 1);

        Assert.Equal((record * 100L, repository * 100L), (oneOfMany - least, manyOfOne - least));
    }

    async Task<PostgresTraffic> TrafficAsync(Page page, int repositories)
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await using var meter = new PostgresMeter(database.Address);
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(meter.Url), NullLoggerFactory.Instance);
        await using var writer = Writer(index, index.CreateWriter());
        var repos = await BeforeAsync(writer, page, repositories, records: 2);
        meter.Clear();

        await WriteAsync(writer, page, repos, records: 2);

        return meter.Traffic;
    }

    async Task<long> StatementsAsync(Page page, int repositories, int records)
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);
        var sqlite = (SqliteWriter)database.Index.CreateWriter();
        await using var writer = Writer(database.Index, sqlite);
        var repos = await BeforeAsync(writer, page, repositories, records);
        var (statements, transactions) = (sqlite.Statements, writer.Transactions);

        await WriteAsync(writer, page, repos, records);

        Assert.Equal(1, writer.Transactions - transactions);
        return sqlite.Statements - statements;
    }

    // The topic that all reply to, and what the index has of their repositories before the page.
    static async Task<List<RepoState>> BeforeAsync(GroupWriter writer, Page page, int repositories, int records)
    {
        await WriteAsync(writer, Group(1, _ => Batch(Repo(Alice), Post, Topic(Alice, "root"))));
        var repos = Enumerable.Range(0, repositories).Select(i => Repo(Did(i), Run)).ToList();
        return page switch
        {
            Page.New => repos,
            Page.Mended => await WriteAsync(writer, repos, did => [.. Replies(did, records).Select(reply => Raw(did, Post, reply.Rkey!, "{}"))], new RepoCounts(0, 0, 0, 0, records, 0, 0)),
            _ => await WriteAsync(writer, repos, did => Replies(did, records), new RepoCounts(records, 0, 0, 0, 0, 0, 0)),
        };
    }

    static Task<List<RepoState>> WriteAsync(GroupWriter writer, Page page, List<RepoState> repos, int records) => page switch
    {
        Page.New => WriteAsync(writer, repos, did => Replies(did, records), new RepoCounts(records, 0, 0, 0, 0, 0, 0)),
        Page.Changed => WriteAsync(writer, repos, did => [.. Replies(did, records).Select(reply => reply with { Cid = "bafychanged" })], new RepoCounts(0, records, 0, 0, 0, 0, 0)),
        Page.Unchanged => WriteAsync(writer, repos, did => Replies(did, records), new RepoCounts(0, 0, records, 0, 0, 0, 0)),
        Page.Removed => WriteAsync(writer, repos, _ => [], new RepoCounts(0, 0, 0, records, 0, 0, 0)),
        Page.Mended => WriteAsync(writer, repos, did => Replies(did, records), new RepoCounts(records, 0, 0, 0, -records, 0, 0)),
        _ => throw new ArgumentOutOfRangeException(nameof(page)),
    };

    static async Task<List<RepoState>> WriteAsync(GroupWriter writer, List<RepoState> repos, Func<string, SourceRecord[]> records, RepoCounts expected)
    {
        var results = await WriteAsync(writer, Group(repos.Count, i => Batch(repos[i], Post, records(repos[i].Did)) with { Range = Everything }));
        Assert.All(results, result => Assert.Equal(expected, result.Counts));
        return [.. results.Select(result => result.Next())];
    }

    static SourceRecord[] Replies(string did, int count) => Records.Thread(did, count, Uri(Alice, Post, "root"));

    GroupWriter Writer(IndexDatabase index, IRecordWriter writer) => new(index, writer, new IndexMetrics(), Time, NullLogger.Instance);

    static string Did(int i) => $"did:plc:member{i:D3}";

    static List<PendingBatch> Group(int count, Func<int, RecordBatch> batch) => [.. Enumerable.Range(0, count).Select(i => PendingBatch.Read(batch(i), MaxRecordBytes))];

    static async Task<BatchResult[]> WriteAsync(GroupWriter writer, IReadOnlyList<PendingBatch> group)
    {
        await writer.WriteAsync(group);
        return await Task.WhenAll(group.Select(batch => batch.Completion));
    }
}
