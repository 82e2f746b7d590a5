using Atbb.AppView.Forum;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AppView.Tests;

/// <summary>What is read of rows that members have made up, on either database.</summary>
public sealed class ForumReaderTests
{
    const string Forum = "did:plc:forum";

    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds { get; } = [.. TestDatabase.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Boards_LatestPost_IsOfTheTopicsThatAreShown(DatabaseKind kind)
    {
        await using var database = await ForumAsync(kind);
        await PostAsync(database, 1, "2026-01-01", board: 1);
        await PostAsync(database, 2, "2026-01-02", board: 1, root: 1);
        // It says of itself that it is in another board.
        await PostAsync(database, 3, "2026-01-03", board: 2, root: 1);
        await PostAsync(database, 4, "2026-01-04", board: 1);
        await PostAsync(database, 5, "2026-01-05", board: 1, root: 4);
        await ActAsync(database, "hide", 4);

        var boards = (await ReaderOf(database).ReadCategoriesAsync(Ends)).Single().Boards;

        Assert.Equal([Day("2026-01-03"), null], boards.Select(board => board.LatestAt));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Post_DatedLaterThanItWasRead_IsOfWhenItWasRead(DatabaseKind kind)
    {
        await using var database = await ForumAsync(kind);
        await PostAsync(database, 1, "9999-12-31", board: 1, readOn: "2026-01-01");
        await PostAsync(database, 2, "2026-01-02", board: 1);
        await PostAsync(database, 3, "9999-12-31", root: 2, readOn: "2026-01-03");
        await PostAsync(database, 4, "2026-01-04", root: 2);
        var reader = ReaderOf(database);

        var topics = (await reader.ReadBoardAsync(1, 1, Ends))!.Topics.Items;
        var posts = (await reader.ReadThreadAsync(2, 1, Ends))!.Posts.Items;

        Assert.Equal([(2, Day("2026-01-02")), (1, Day("2026-01-01"))], topics.Select(topic => (topic.Id, topic.ShownAt)));
        Assert.Equal([(2, Day("2026-01-02")), (3, Day("2026-01-03")), (4, Day("2026-01-04"))], posts.Select(post => (post.Id, post.ShownAt)));
        Assert.Equal(Day("2026-01-04"), (await reader.ReadCategoriesAsync(Ends)).Single().Boards[0].LatestAt);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ModAction_WithAnEnd_EndsToTheSecond(DatabaseKind kind)
    {
        await using var database = await ForumAsync(kind);
        await PostAsync(database, 1, "2026-01-01", board: 1);
        await PostAsync(database, 2, "2026-01-02", board: 1);
        await ActAsync(database, "lock", 2);
        await ActAsync(database, "hide", 1, until: "2026-03-02");
        await ActAsync(database, "unlock", 2, until: "2026-03-02");
        var reader = ReaderOf(database);

        time.SetUtcNow(Day("2026-03-02").AddSeconds(-1));
        Assert.Equal([(2, false)], await TopicsAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        // What came before stands again.
        Assert.Equal([(2, true), (1, false)], await TopicsAsync());

        async Task<IEnumerable<(long Id, bool IsLocked)>> TopicsAsync() => (await reader.ReadBoardAsync(1, 1, Ends))!.Topics.Items.Select(topic => (topic.Id, topic.IsLocked));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Board_PinnedTopics_StandFirst(DatabaseKind kind)
    {
        await using var database = await ForumAsync(kind);
        for (var id = 1; id <= 3; id++)
            await PostAsync(database, id, $"2026-01-0{id}", board: 1);
        await ActAsync(database, "pin", 1);
        await ActAsync(database, "pin", 2);
        await ActAsync(database, "unpin", 2);
        // Another kind of action takes no pin away.
        await ActAsync(database, "lock", 1);

        var topics = (await ReaderOf(database).ReadBoardAsync(1, 1, Ends))!.Topics.Items;

        Assert.Equal([(1, true), (3, false), (2, false)], topics.Select(topic => (topic.Id, topic.IsPinned)));
    }

    ForumReader ReaderOf(TestDatabase database) => new(database.Index, new SiteOptions(Forum, database.Address, "", ""), time);

    static async Task<TestDatabase> ForumAsync(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        var database = await TestDatabase.CreateAsync(kind);
        await database.ExecuteAsync($"insert into forums (id, did, rkey, cid, record, created_at, indexed_at, name) values (1, '{Forum}', 'self', 'f', '{{}}', {At("2026-01-01")}, {At("2026-01-01")}, 'The Shed')");
        foreach (var id in new[] { 1, 2 })
            await database.ExecuteAsync($"insert into boards (id, did, rkey, cid, record, created_at, indexed_at, name) values ({id}, '{Forum}', 'b{id}', 'b', '{{}}', {At("2026-01-01")}, {At("2026-01-01")}, 'Board {id}')");
        return database;
    }

    static Task<int> PostAsync(TestDatabase database, long id, string day, long? board = null, long? root = null, string readOn = "2026-02-01") => database.ExecuteAsync(
        $"""
        insert into posts (id, did, rkey, cid, record, created_at, indexed_at, text, forum_id, board_id, root_uri, root_post_id)
        values ({id}, 'did:plc:a', 'r{id}', 'c', '{"{}"}', {At(day)}, {At(readOn)}, 'A text.', 1, {Sql(board)}, {(root is null ? "null" : "'at://root'")}, {Sql(root)})
        """);

    static Task<int> ActAsync(TestDatabase database, string action, long post, string? until = null) => database.ExecuteAsync(
        $"""
        insert into mod_actions (did, rkey, cid, record, created_at, indexed_at, action, subject_post_uri, subject_post_id, expires_at)
        values ('{Forum}', '{action}{post}', 'm', '{"{}"}', {At("2026-02-01")}, {At("2026-02-01")}, 'space.atbb.modAction.{action}', 'at://post', {post}, {(until is null ? "null" : At(until))})
        """);

    static string Sql(long? id) => id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null";

    static string At(string day) => $"'{day}T00:00:00.000000Z'";

    static DateTimeOffset Day(string day) => DateTimeOffset.Parse($"{day}T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}
