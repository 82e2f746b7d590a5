using System.Text;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>What a batch costs when its data, its neighbours or its database are bad.</summary>
public sealed class TroubleTests : IndexTests
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_DatabaseRefusesARecord_ItAloneFails(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        await RefusedRecords.RefuseAsync(database);
        var store = Store(database);

        var results = await Task.WhenAll(
            store.WriteAsync(Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"), Topic(Alice, "bad", RefusedRecords.Text), Topic(Alice, "c")), Token),
            store.WriteAsync(Batch(Repo(Bob, run: 3), Post, Topic(Bob, "a")), Token));

        Assert.Equal(new RepoCounts(2, 0, 0, 0, 1, 0, 0), results[0].Counts);
        Assert.Equal(new RepoCounts(1, 0, 0, 0, 0, 0, 0), results[1].Counts);
        var failure = Assert.Single(results[0].Failures);
        Assert.Equal(("refused_by_database", Uri(Alice, Post, "bad"), "bafybad"), (failure.Kind, failure.Uri, failure.Cid));
        Assert.Equal([["a"], ["a"], ["c"]], await database.QueryAsync("select rkey from posts order by rkey"));
        Assert.Equal([["refused_by_database"]], await database.QueryAsync("select kind from backfill_errors"));
    }

    /// <summary>SQLite refuses something as well, and holds any number: nothing goes for a number that would have been taken.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_DatabaseRefusesARecordBesideAnAbsurdNumber_TheNumberFailsOnlyWhereItCannotBeHeld(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        await RefusedRecords.RefuseAsync(database);
        var absurd = Raw(Alice, Post, "absurd", """{"text":"x","createdAt":"2026-01-02T03:04:05Z","e":1e999999}""");

        var result = await Store(database).WriteAsync(
            Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"), absurd, Topic(Alice, "bad", RefusedRecords.Text)), Token);

        string[] refused = kind == DatabaseKind.PostgreSql ? ["absurd", "bad"] : ["bad"];
        Assert.Equal(refused, result.Failures.Select(failure => failure.Uri!.Split('/')[^1]).Order());
        Assert.Equal(refused.Length, await database.NumberAsync("select count(*) from backfill_errors where kind = 'refused_by_database'"));
        Assert.Equal(3 - refused.Length, await database.NumberAsync("select count(*) from posts"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_RecordBecomesOneWithAnAbsurdNumber_ItsRowGoesOnlyWhereItCannotBeHeld(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var before = await store.WriteAsync(Batch(Repo(Alice, run: 3), Post, Topic(Alice, "a"), Topic(Alice, "b")) with { Range = Everything }, Token);
        var absurd = Raw(Alice, Post, "a", """{"text":"x","createdAt":"2026-01-02T03:04:05Z","e":1e999999}""", cid: "bafychanged");

        var after = await store.WriteAsync(Batch(before.Next(), Post, absurd, Topic(Alice, "b")) with { Range = Everything }, Token);

        Assert.Equal(kind == DatabaseKind.PostgreSql ? new RepoCounts(0, 0, 1, 1, 1, 0, 0) : new RepoCounts(0, 1, 1, 0, 0, 0, 0), after.Counts);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_UrisThatFitNoIndex_AreErrorRowsOfTheirOwn(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        // As long as a DID may be, and characters of three bytes.
        var did = "did:web:" + new string('a', 2_040);
        var foreign = Enumerable.Range(0, 3).Select(i => new SourceRecord("at://" + new string('漢', 990) + i, "", "bafy", default, "Another repository's URI."));

        var result = await Store(database).WriteAsync(Batch(Repo(did, run: 3), Post, [.. foreign, Topic(did, "fine")]), Token);

        Assert.Equal((1, 3), (result.Counts.Indexed, result.Counts.Failed));
        Assert.Equal(3L, await database.ScalarAsync("select count(distinct uri) from backfill_errors"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_RecordsFromTheWild_NeverCostAnotherRecordAnything(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        const string date = "\"createdAt\":\"2026-01-02T03:04:05Z\"";
        string Nested(int levels) => $$"""{"text":"x",{{date}},"deep":{{new string('[', levels)}}{{new string(']', levels)}}}""";
        SourceRecord[] records =
        [
            Raw(Alice, Post, "nul", $$"""{"text":"a\u0000b",{{date}},"other\u0000":"\u0000"}"""),
            new(Uri(Alice, Post, "rawnul"), "rawnul", "bafy", Encoding.UTF8.GetBytes($$"""{"text":"a{{'\0'}}b",{{date}}}""")),
            Raw(Alice, Post, "lone", $$"""{"text":"a\ud800b\udc00",{{date}}}"""),
            Raw(Alice, Post, "nested200", Nested(200)),
            Raw(Alice, Post, "nested100k", Nested(100_000)),
            Raw(Alice, Post, "long", $$"""{"text":"{{new string('x', 900_000)}}",{{date}}}"""),
            Raw(Alice, Post, "toolong", $$"""{"text":"{{new string('x', 1_100_000)}}",{{date}}}"""),
            Raw(Alice, Post, "hugeint", $$"""{"text":"x",{{date}},"n":9007199254740991,"m":123456789012345678901234567890,"e":1e300}"""),
            Raw(Alice, Post, "absurd", $$"""{"text":"x",{{date}},"e":1e999999}"""),
            Raw(Alice, Post, "half", """{"text":"x"""),
            Raw(Alice, Post, "array", "[]"),
            Raw(Alice, Post, "empty", ""),
            Raw(Alice, Post, "nothing", "{}"),
            new("", "", "", default, "The item has no URI."),
            Topic(Alice, "fine"),
        ];

        var result = await Store(database).WriteAsync(Batch(Repo(Alice, run: 3), Post, records) with { Range = Everything }, Token);

        string[] either = ["absurd"];
        Assert.Equal(
            ["fine", "hugeint", "lone", "long", "nested200", "nul", "rawnul"],
            (await database.QueryAsync("select rkey from posts")).Select(row => (string)row[0]!).Except(either).Order(StringComparer.Ordinal));
        Assert.Equal("a\uFFFDb\uFFFD", await database.ScalarAsync("select text from posts where rkey = 'lone'"));
        Assert.Equal("a\uFFFDb", await database.ScalarAsync("select text from posts where rkey = 'rawnul'"));
        Assert.Equal(
            [("", "bad_record"), ("array", "bad_record"), ("empty", "bad_record"), ("half", "bad_record"), ("nested100k", "too_deep"), ("nothing", "missing_field"), ("toolong", "too_large")],
            result.Failures.Select(failure => (failure.Uri!.Split('/')[^1], failure.Kind)).Where(failure => !either.Contains(failure.Item1)).Order());
        Assert.Equal(records.Length, result.Counts.Indexed + result.Counts.Failed);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_ManyCallersAtOnce_ShareTransactions(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => store.WriteAsync(Batch(Repo($"did:plc:u{i}"), Post, Topic($"did:plc:u{i}", "a")), Token))));

        Assert.All(results, result => Assert.Equal(1, result.Counts.Indexed));
        Assert.Equal(200, await database.NumberAsync("select count(*) from posts"));
        Assert.InRange(store.Transactions, 1, 100);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_TwoBatchesOfARepositoryAtOnce_OneIsStale(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);

        var results = await Task.WhenAll(
            store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token),
            store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "b")), Token));

        Assert.Equal([false, true], results.Select(result => result.IsStale).Order());
        Assert.Equal(1, await database.NumberAsync("select count(*) from posts"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_CallerGaveUpBefore_WritesNothing(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store(database).WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), new CancellationToken(canceled: true)));

        Assert.Equal(0, await database.NumberAsync("select count(*) from posts"));
    }

    [Fact]
    public async Task WriteAsync_CallerGivesUpWhileItWaits_OthersAreWritten()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var store = Store(database, options => options.PostgreSqlLanes = 1);
        await using var hold = await HoldReferencesAsync(database);
        var first = store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);
        await ReferenceTests.WaitForBlockedAsync(database);

        using var impatient = new CancellationTokenSource();
        var waiting = store.WriteAsync(Batch(Repo(Bob), Post, Topic(Bob, "b")), impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await hold.DisposeAsync();

        Assert.Equal(1, (await first).Counts.Indexed);
        Assert.Equal([["a"]], await database.QueryAsync("select rkey from posts"));
    }

    [Fact]
    public async Task WriteAsync_ConnectionLostInMidTransaction_IsUnavailableAndCountsNothingTwice()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);
        var batch = Batch(first.Next(), Post, Topic(Alice, "a"), Topic(Alice, "b"));
        await using (await HoldReferencesAsync(database))
        {
            var lost = store.WriteAsync(batch, Token);
            await ReferenceTests.WaitForBlockedAsync(database);
            await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
            var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => lost);
            Assert.Contains("see that it is up", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(first.Repo.Version, (await Repos(database).LoadAsync(Alice, Token)).Version);
        var again = await store.WriteAsync(batch, Token);

        Assert.Equal(new RepoCounts(1, 0, 1, 0, 0, 0, 0), again.Counts);
        Assert.Equal(new RepoCounts(2, 0, 1, 0, 0, 0, 0), (await Repos(database).LoadAsync(Alice, Token)).Counts);
    }

    [Fact]
    public async Task LoadAsync_FileOutOfReach_SaysWhatToDo()
    {
        var database = await OpenAsync(DatabaseKind.Sqlite);
        var missing = Path.Combine(Path.GetDirectoryName(database.Address)!, "nowhere", "forum.db");
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(missing), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => new RepoStore(index, Time).LoadAsync(Alice, Token));

        Assert.Contains("Check that the file and its folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_ServerCrashesUnderLoad_KeepsEveryAnsweredBatchAndNoHalfOne()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var server = await PostgresServer.StartAsync(durable: true);
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(await server.CreateDatabaseAsync()), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await database.MigrateAsync(Token);
        await using var store = new IndexStore(database, new IndexingOptions(), Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<IndexStore>.Instance);
        var repos = new RepoStore(database, Time);
        var started = new TaskCompletionSource();

        async Task<long> WriteUntilItFailsAsync(string did)
        {
            var state = Repo(did);
            try
            {
                for (var i = 0; ; i++)
                {
                    state = (await store.WriteAsync(Batch(state, Post, [.. Enumerable.Range(0, 5).Select(j => Topic(did, $"{i}-{j}"))]), Token)).Repo;
                    if (i == 5)
                        started.TrySetResult();
                }
            }
            catch (IndexUnavailableException)
            {
                return state.Counts.Indexed;
            }
        }

        var dids = Enumerable.Range(0, 8).Select(i => $"did:plc:u{i}").ToList();
        var writers = dids.ConvertAll(WriteUntilItFailsAsync);
        await started.Task;
        await server.CrashAsync();
        var answered = await Task.WhenAll(writers);
        await server.StartAgainAsync();

        var rows = await IndexRows.ReadAsync(database);
        for (var i = 0; i < dids.Count; i++)
        {
            var state = await repos.LoadAsync(dids[i], Token);
            Assert.Equal(rows.Count(row => row.Did == dids[i]), state.Counts.Indexed);
            Assert.InRange(state.Counts.Indexed - answered[i], 0, 5);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task DisposeAsync_BatchesWaiting_AreWrittenFirst(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var writes = Enumerable.Range(0, 50).Select(i => store.WriteAsync(Batch(Repo($"did:plc:u{i}"), Post, Topic($"did:plc:u{i}", "a")), Token)).ToList();

        await store.DisposeAsync();

        Assert.All(await Task.WhenAll(writes), result => Assert.Equal(1, result.Counts.Indexed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token));
    }

    // Keeps every transaction that writes posts waiting just before its commit.
    static async Task<Npgsql.NpgsqlConnection> HoldReferencesAsync(TestDatabase database)
    {
        var connection = new Npgsql.NpgsqlConnection(database.Index.Target.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new Npgsql.NpgsqlCommand("select pg_advisory_lock(7021602001)", connection);
        await command.ExecuteNonQueryAsync(Token);
        return connection;
    }
}
