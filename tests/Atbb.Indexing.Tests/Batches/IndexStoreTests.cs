using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

public sealed class IndexStoreTests : IndexTests
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_NewRecords_AreRowsWithAllTheirColumns(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);

        var result = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a", "Hello \u0000 \U0001F600"), Topic(Alice, "b")), Token);

        Assert.Equal(new RepoCounts(2, 0, 0, 0, 0, 0, 0), result.Counts);
        Assert.False(result.IsStale);
        Assert.Empty(result.Failures);
        Assert.Equal(
            [
                IndexedRow.Of(Post, Alice, "a", "bafya", """{"text":"Hello \uFFFD \ud83d\ude00","createdAt":"2026-01-02T03:04:05Z"}"""),
                IndexedRow.Of(Post, Alice, "b", "bafyb", """{"text":"Hello","createdAt":"2026-01-02T03:04:05Z"}"""),
            ],
            await IndexRows.ReadAsync(database.Index));
        Assert.Equal("Hello \uFFFD \U0001F600", await database.ScalarAsync("select text from posts where rkey = 'a'"));
        Assert.Equal(1, await database.NumberAsync("select count(*) from posts where rkey = 'a' and created_at < indexed_at"));
        Assert.Equal([["did:plc:alice", null, "active"]], await database.QueryAsync("select did, handle, status from users"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_PageOfEveryKindOfChange_CountsEach(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a"), Topic(Alice, "b"), Topic(Alice, "c"), Topic(Alice, "x")), Token);

        var second = await store.WriteAsync(
            Batch(first.Next(), Post, Topic(Alice, "a"), Topic(Alice, "b", "Edited", "bafyb2"), Topic(Alice, "d")) with { Range = new KeyRange(null, false, "d", true) },
            Token);

        Assert.Equal(new RepoCounts(1, 1, 1, 1, 0, 0, 0), second.Counts);
        Assert.Equal(new RepoCounts(5, 1, 1, 1, 0, 0, 0), second.Repo.Counts);
        Assert.Equal([["a", "Hello"], ["b", "Edited"], ["d", "Hello"], ["x", "Hello"]], await database.QueryAsync("select rkey, text from posts order by rkey"));
        Assert.Equal(second.Repo, await Repos(database).LoadAsync(Alice, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_UnchangedRecords_CostNoRowWrite(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var page = new[] { Topic(Alice, "a"), Topic(Alice, "b") };
        var version = kind == DatabaseKind.PostgreSql ? "xmin::text" : "indexed_at";
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, page) with { Range = Everything }, Token);
        var before = await database.QueryAsync($"select id, {version} from posts order by id");
        var users = await database.QueryAsync($"select did, {version} from users");
        Time.Advance(TimeSpan.FromMinutes(1));

        var second = await store.WriteAsync(Batch(first.Next(), Post, page) with { Range = Everything }, Token);

        Assert.Equal(new RepoCounts(0, 0, 2, 0, 0, 0, 0), second.Counts);
        Assert.Equal(before, await database.QueryAsync($"select id, {version} from posts order by id"));
        Assert.Equal(users, await database.QueryAsync($"select did, {version} from users"));
    }

    public static TheoryData<DatabaseKind, string?, bool, string?, bool, string> Ranges()
    {
        var data = new TheoryData<DatabaseKind, string?, bool, string?, bool, string>();
        foreach (var kind in TestDatabase.Kinds)
        {
            data.Add(kind, null, false, null, false, "");
            data.Add(kind, "b", false, "d", false, "A,a,b,d,e");
            data.Add(kind, "b", true, "d", true, "A,a,e");
            data.Add(kind, "b", true, "d", false, "A,a,d,e");
            data.Add(kind, "d", false, null, false, "A,a,b,c,d");
            data.Add(kind, null, false, "b", false, "b,c,d,e");
            // By bytes: capitals come first.
            data.Add(kind, "B", true, "a", true, "A,b,c,d,e");
        }

        return data;
    }

    [Theory, MemberData(nameof(Ranges))]
    public async Task WriteAsync_EmptyPageOfRange_RemovesExactlyThat(DatabaseKind kind, string? lower, bool lowerIn, string? upper, bool upperIn, string left)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, [.. "A,a,b,c,d,e".Split(',').Select(rkey => Topic(Alice, rkey))]), Token);
        await store.WriteAsync(Batch(Repo(Bob), Post, Topic(Bob, "c")), Token);

        var second = await store.WriteAsync(Batch(first.Next(), Post) with { Range = new KeyRange(lower, lowerIn, upper, upperIn) }, Token);

        var kept = left.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6 - kept.Length, second.Counts.Deleted);
        Assert.Equal(kept, (await IndexRows.ReadAsync(database.Index)).Where(row => row.Did == Alice).Select(row => row.Rkey));
        Assert.Equal(1, await database.NumberAsync("select count(*) from posts where did = 'did:plc:bob'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_RecordEditedIntoOneThatFails_TakesItsRowAway(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice, run: 7), Post, Topic(Alice, "a"), Topic(Alice, "b")), Token);

        var second = await store.WriteAsync(Batch(first.Next(), Post, Record(Alice, Post, "a", new { text = 5 }, "bafya2")), Token);

        Assert.Equal(new RepoCounts(0, 0, 0, 1, 1, 0, 0), second.Counts);
        Assert.Equal("wrong_type_field", Assert.Single(second.Failures).Kind);
        Assert.Equal([["b"]], await database.QueryAsync("select rkey from posts"));
        Assert.Equal(
            [["did:plc:alice", Post, "at://did:plc:alice/space.atbb.post/a", "bafya2", "wrong_type_field", 7L]],
            await database.QueryAsync("select did, collection, uri, cid, kind, backfill_id from backfill_errors"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_SameFailureAgain_IsOneMoreAttemptAndIsClearedByASuccess(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var bad = Record(Alice, Post, "a", new { text = 5 });

        var first = await store.WriteAsync(Batch(Repo(Alice, run: 7) with { Pds = "https://pds.example.com:8443" }, Post, bad), Token);
        Assert.Equal(
            "'text' is a number, not a string. It is at pds.example.com:8443. Nothing is to be done here: its author may mend it, and a later run reads it again.",
            Assert.Single(first.Failures).Message);
        var again = await store.WriteAsync(Batch(first.Next(), Post, bad), Token);
        Assert.Equal([[2L, 1L]], await Numbers(database, "select max(attempts), count(*) from backfill_errors"));
        Assert.Equal((1, 0), (first.Counts.Failed, again.Counts.Failed));
        Assert.Single(again.Failures);

        var good = await store.WriteAsync(Batch(again.Next(), Post, Topic(Alice, "a")), Token);
        Assert.Equal(new RepoCounts(1, 0, 0, 0, -1, 0, 0), good.Counts);
        Assert.Equal(0, good.Repo.Counts.Failed);
        Assert.Equal(0, await database.NumberAsync("select count(*) from backfill_errors"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_SuccessInALaterRun_LeavesTheEarlierRunsErrors(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice, run: 7), Post, Record(Alice, Post, "a", new { text = 5 })), Token);

        await store.WriteAsync(Batch(first.Next() with { RunId = 8, Counts = new RepoCounts(0, 0, 0, 0, 1, 0, 0) }, Post, Topic(Alice, "a")), Token);

        Assert.Equal([[7L, 1L]], await Numbers(database, "select backfill_id, attempts from backfill_errors"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_FailureOfTheRepository_IsAnErrorRowOnce(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var failure = new RecordFailure(null, null, null, "unreachable", "No answer.");

        var first = await store.WriteAsync(new RecordBatch { Repo = Repo(Alice, run: 7) with { LastError = "No\u0000answer" }, Failure = failure }, Token);
        var second = await store.WriteAsync(new RecordBatch { Repo = first.Repo, Failure = failure }, Token);

        Assert.Equal(1, second.Repo.Counts.Failed);
        Assert.Equal([["", "", "unreachable"]], await database.QueryAsync("select collection, uri, kind from backfill_errors"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from users"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_KeyTwiceInAPage_StandsForItsLastRecord(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);

        var result = await Store(database).WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a", "First", "bafy1"), Topic(Alice, "a", "Last", "bafy2")), Token);

        Assert.Equal(1, result.Counts.Indexed);
        Assert.Equal([["Last", "bafy2"]], await database.QueryAsync("select text, cid from posts"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_StateAndCursors_ComeBackAsWritten(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(1234560);
        var state = Repo(Alice, run: 7) with
        {
            Pds = "https://pds.example",
            Handle = "alice.example",
            IdentityAt = at,
            Rev = "3kabc",
            Phase = 2,
            IsSettled = true,
            Counts = new RepoCounts(1, 2, 3, 4, 0, 6, 7),
            Attempts = 3,
            RetryAfter = at,
            LastError = "No",
            SyncedAt = at,
        };
        state = state with
        {
            Collections = state.Collections
                .Add(Post, new CollectionState { Collection = Post, RunId = 7, Cursor = "c", LastRkey = "k", Order = ListingOrder.Descending, IsComplete = true, Rev = "r" })
                .Add(Membership, new CollectionState { Collection = Membership }),
        };

        var written = await store.WriteAsync(new RecordBatch { Repo = state, Spent = new RepoCounts(0, 0, 0, 0, 0, 10, 20) }, Token);

        var read = await Repos(database).LoadAsync(Alice, Token);
        Assert.Equal(state.Collections, read.Collections);
        Assert.Equal(
            state with { Version = 1, Counts = new RepoCounts(1, 2, 3, 4, 0, 16, 27), Collections = read.Collections },
            read);
        Assert.Equal(written.Repo with { Collections = read.Collections }, read);

        await store.WriteAsync(new RecordBatch { Repo = read with { Collections = read.Collections.Remove(Membership) } }, Token);
        Assert.Equal([Post], (await Repos(database).LoadAsync(Alice, Token)).Collections.Keys);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_StaleVersion_WritesNothing(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);
        await store.WriteAsync(Batch(first.Next(), Post, Topic(Alice, "b")), Token);

        var stale = await store.WriteAsync(Batch(first.Next(), Post, Topic(Alice, "c")), Token);
        var fresh = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "d")), Token);
        var lost = await store.WriteAsync(Batch(Repo(Bob) with { Version = 5 }, Post, Topic(Bob, "e")), Token);

        Assert.All([stale, fresh, lost], result => Assert.True(result.IsStale));
        Assert.Equal(first.Repo, stale.Repo);
        Assert.Equal([["a"], ["b"]], await database.QueryAsync("select rkey from posts order by rkey"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_AccountDeleted_RemovesItsRowsAndMarksTheUser(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);
        alice = await store.WriteAsync(Batch(alice.Next(), Membership, Record(Alice, Membership, "m", new { forum = new { forum = Ref(Uri(Forum, ForumRecord, "self")) } })), Token);
        await store.WriteAsync(Batch(Repo(Bob), Post, Reply(Bob, "r", Uri(Alice, Post, "a"), Uri(Alice, Post, "a"))), Token);

        var gone = await store.WriteAsync(new RecordBatch { Repo = alice.Repo with { Status = RepoStatus.Deleted }, RemoveRows = true }, Token);

        Assert.Equal(2, gone.Counts.Deleted);
        Assert.Equal([["r", null]], await database.QueryAsync("select rkey, root_post_id from posts"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from memberships"));
        Assert.Equal([["deleted"]], await database.QueryAsync("select status from users where did = 'did:plc:alice'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_HandleLearntLater_ReachesTheUser(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a")), Token);

        var second = await store.WriteAsync(new RecordBatch { Repo = first.Repo with { Handle = "alice.example", Status = RepoStatus.Takendown } }, Token);
        await store.WriteAsync(new RecordBatch { Repo = second.Repo with { Handle = null } }, Token);

        Assert.Equal([["alice.example", "takendown"]], await database.QueryAsync("select handle, status from users"));
    }

    internal static async Task<IReadOnlyList<object?[]>> Numbers(TestDatabase database, string sql) =>
        [.. (await database.QueryAsync(sql)).Select(row => row.Select(value => value is null ? null : (object?)Convert.ToInt64(value, null)).ToArray())];
}
