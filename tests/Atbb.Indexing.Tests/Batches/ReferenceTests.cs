using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>References find their rows, whatever comes first, and lose them when they go.</summary>
public sealed class ReferenceTests : IndexTests
{
    static readonly string ForumUri = Uri(Forum, ForumRecord, "self");

    // One record of each kind, which between them use every reference there is.
    static readonly (string Did, string Collection, SourceRecord Record)[] World =
    [
        (Forum, ForumRecord, Record(Forum, ForumRecord, "self", new { name = "Forum" })),
        (Forum, Category, Record(Forum, Category, "c", new { name = "Category" })),
        (Forum, Board, Record(Forum, Board, "b", new { name = "Board", category = new { category = Ref(Uri(Forum, Category, "c")) } })),
        (Forum, Role, Record(Forum, Role, "r", new { name = "Role" })),
        (Forum, ModAction, Record(Forum, ModAction, "m", new { action = "hide", subject = new { post = Ref(Uri(Bob, Post, "reply")) } })),
        (Bob, Membership, Record(Bob, Membership, "s", new { forum = new { forum = Ref(ForumUri) }, role = new { role = Ref(Uri(Forum, Role, "r")) } })),
        (Alice, Post, Record(Alice, Post, "topic", new
        {
            text = "Topic", createdAt = "2026-01-01T00:00:00Z",
            forum = new { forum = Ref(ForumUri) }, board = new { board = Ref(Uri(Forum, Board, "b")) },
        })),
        (Bob, Post, Reply(Bob, "reply", Uri(Alice, Post, "topic"), Uri(Alice, Post, "topic"))),
        (Alice, Post, Reply(Alice, "answer", Uri(Alice, Post, "topic"), Uri(Bob, Post, "reply"))),
    ];

    // Each row that points somewhere, with the key of the row it points to.
    const string Pointers = """
        select 'categories.forum', t.rkey from categories r left join forums t on t.id = r.forum_id
        union all select 'boards.category', t.rkey from boards r left join categories t on t.id = r.category_id
        union all select 'memberships.forum', t.rkey from memberships r left join forums t on t.id = r.forum_id
        union all select 'memberships.role', t.rkey from memberships r left join roles t on t.id = r.role_id
        union all select 'mod_actions.post', t.rkey from mod_actions r left join posts t on t.id = r.subject_post_id
        union all select r.rkey || '.forum', t.rkey from posts r left join forums t on t.id = r.forum_id where r.forum_uri is not null
        union all select r.rkey || '.board', t.rkey from posts r left join boards t on t.id = r.board_id where r.board_uri is not null
        union all select r.rkey || '.root', t.rkey from posts r left join posts t on t.id = r.root_post_id where r.root_uri is not null
        union all select r.rkey || '.parent', t.rkey from posts r left join posts t on t.id = r.parent_post_id where r.parent_uri is not null
        order by 1
        """;

    static readonly object?[][] AllResolved =
    [
        ["answer.parent", "reply"], ["answer.root", "topic"], ["boards.category", "c"], ["categories.forum", "self"], ["memberships.forum", "self"],
        ["memberships.role", "r"], ["mod_actions.post", "reply"], ["reply.parent", "topic"], ["reply.root", "topic"], ["topic.board", "b"], ["topic.forum", "self"],
    ];

    public static TheoryData<DatabaseKind, int> Orders()
    {
        var data = new TheoryData<DatabaseKind, int>();
        foreach (var kind in TestDatabase.Kinds)
            for (var seed = 0; seed < 6; seed++)
                data.Add(kind, seed);
        return data;
    }

    [Theory, MemberData(nameof(Orders))]
    public async Task WriteAsync_RecordsInAnyOrder_EveryReferenceResolves(DatabaseKind kind, int seed)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var order = World.ToArray();
        // 0 and 1: targets first, and last.
        if (seed == 1)
            Array.Reverse(order);
        else if (seed > 1)
            new Random(seed).Shuffle(order);

        var states = new Dictionary<string, RepoState>();
        foreach (var (did, collection, record) in order)
            states[did] = (await store.WriteAsync(Batch(states.GetValueOrDefault(did) ?? Repo(did), collection, record), Token)).Repo;

        Assert.Equal(AllResolved, await PointersAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_RecordsTogether_EveryReferenceResolves(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var states = new Dictionary<string, RepoState>();
        // Replies before topics within the page, too.
        foreach (var group in World.GroupBy(item => (item.Did, item.Collection)).Reverse())
            states[group.Key.Did] = (await store.WriteAsync(
                Batch(states.GetValueOrDefault(group.Key.Did) ?? Repo(group.Key.Did), group.Key.Collection, [.. group.Select(item => item.Record).Reverse()]), Token)).Repo;

        Assert.Equal(AllResolved, await PointersAsync(database));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_TargetRemovedAndBack_ReferrersWaitAndFindItsNewRow(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "topic")), Token);
        await store.WriteAsync(Batch(Repo(Bob), Post, Reply(Bob, "reply", Uri(Alice, Post, "topic"), Uri(Alice, Post, "topic"))), Token);
        var before = await database.NumberAsync("select id from posts where rkey = 'topic'");

        alice = await store.WriteAsync(Batch(alice.Next(), Post) with { Range = Everything }, Token);
        Assert.Equal([[null, null]], await database.QueryAsync("select root_post_id, parent_post_id from posts where rkey = 'reply'"));

        await store.WriteAsync(Batch(alice.Next(), Post, Topic(Alice, "topic")), Token);
        Assert.Equal([["reply.parent", "topic"], ["reply.root", "topic"]], await PointersAsync(database));
        Assert.NotEqual(before, await database.NumberAsync("select id from posts where rkey = 'topic'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_ReferenceEdited_FollowsTheEdit(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var alice = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "one"), Topic(Alice, "two")), Token);
        var (one, two, none) = (Uri(Alice, Post, "one"), Uri(Alice, Post, "two"), Uri(Alice, Post, "none"));
        alice = await store.WriteAsync(Batch(alice.Next(), Post, Reply(Alice, "r", one, one)), Token);
        var id = await database.NumberAsync("select id from posts where rkey = 'r'");

        alice = await store.WriteAsync(Batch(alice.Next(), Post, Reply(Alice, "r", two, none, "bafy2")), Token);
        Assert.Equal([["r.parent", null], ["r.root", "two"]], await PointersAsync(database));

        await store.WriteAsync(Batch(alice.Next(), Post, Topic(Alice, "r", cid: "bafy3")), Token);
        Assert.Equal([[null, null]], await database.QueryAsync("select root_uri, root_post_id from posts where rkey = 'r'"));
        Assert.Equal(id, await database.NumberAsync("select id from posts where rkey = 'r'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task WriteAsync_ReferenceToAnotherCollection_IsKeptAndWaits(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var store = Store(database);
        var wrong = Uri(Forum, Board, "x");
        await store.WriteAsync(Batch(Repo(Forum), Board, Record(Forum, Board, "x", new { name = "Board" })), Token);

        await store.WriteAsync(Batch(Repo(Alice), Post, Reply(Alice, "r", wrong, wrong)), Token);

        Assert.Equal([[wrong, null]], await database.QueryAsync("select root_uri, root_post_id from posts"));
    }

    [Fact]
    public async Task WriteAsync_TopicAndRepliesInConcurrentTransactions_NoReplyIsLeftWaiting()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        // One batch a transaction, four at once: as racy as it gets.
        var store = Store(database, options => (options.PostgreSqlLanes, options.BatchesBesideOthers, options.BatchesPerTransaction) = (4, 1, 1));

        await Task.WhenAll(Enumerable.Range(0, 60).SelectMany(i =>
        {
            var (author, answerer) = ($"did:plc:author{i}", $"did:plc:answerer{i}");
            var topic = Uri(author, Post, "topic");
            return new[]
            {
                store.WriteAsync(Batch(Repo(answerer), Post, Reply(answerer, "reply", topic, topic)), Token),
                store.WriteAsync(Batch(Repo(author), Post, Topic(author, "topic")), Token),
            };
        }));

        Assert.Equal(120, await database.NumberAsync("select count(*) from posts"));
        Assert.Equal(0, await database.NumberAsync("select count(*) from posts where root_uri is not null and (root_post_id is null or parent_post_id is null)"));
    }

    [Fact]
    public async Task WriteAsync_TargetRemovedWhileRepliesArrive_NoReplyPointsToNothing()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var store = Store(database, options => (options.PostgreSqlLanes, options.BatchesBesideOthers, options.BatchesPerTransaction) = (4, 1, 1));
        var authors = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => store.WriteAsync(Batch(Repo($"did:plc:author{i}"), Post, Topic($"did:plc:author{i}", "topic")), Token)));

        var results = await Task.WhenAll(authors.SelectMany((author, i) =>
        {
            var (answerer, topic) = ($"did:plc:answerer{i}", Uri(author.Repo.Did, Post, "topic"));
            return new[]
            {
                store.WriteAsync(Batch(Repo(answerer), Post, Reply(answerer, "reply", topic, topic)), Token),
                store.WriteAsync(Batch(author.Next(), Post) with { Range = Everything }, Token),
            };
        }));

        Assert.Equal((40, 40), (results.Sum(result => result.Counts.Indexed), results.Sum(result => result.Counts.Deleted)));
        Assert.Equal(40, await database.NumberAsync("select count(*) from posts where root_post_id is null and parent_post_id is null"));
    }

    [Fact]
    public async Task WriteAsync_TargetMissedBecauseOfAnOpenTransaction_IsFoundUnderTheLock()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var topic = Uri(Alice, Post, "topic");
        var writer = database.Index.CreateWriter();
        await using var _ = writer;
        // A transaction that has written the topic and not committed.
        var pending = PendingBatch.Read(Batch(Repo(Alice), Post, Topic(Alice, "topic")), 1_000_000);
        var plan = WritePlanner.Plan([pending], await writer.BeginAsync(ReadRequest.For([pending]), alone: false), writer.Ids, Time.GetUtcNow().UtcDateTime);
        await writer.WriteAsync(plan);

        var reply = Store(database).WriteAsync(Batch(Repo(Bob), Post, Reply(Bob, "reply", topic, topic)), Token);
        await WaitForBlockedAsync(database);
        await writer.CommitAsync();
        await reply;

        Assert.Equal([["reply.parent", "topic"], ["reply.root", "topic"]], await PointersAsync(database));
    }

    internal static async Task WaitForBlockedAsync(TestDatabase database)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (await database.NumberAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0)
            await Task.Delay(10, limit.Token);
    }

    static Task<IReadOnlyList<object?[]>> PointersAsync(TestDatabase database) => database.QueryAsync(Pointers);
}
