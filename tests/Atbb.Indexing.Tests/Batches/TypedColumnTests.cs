using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>
/// Each column of each table of records holds its own field, in a row that is new and in one that was edited: no two of a record's fields say the
/// same, so that a value in its neighbour's column is seen.
/// </summary>
public sealed class TypedColumnTests : IndexTests
{
    // What has a value for good: an edit does not touch it. Of a category's forum no field says anything.
    static readonly string[] Lasting = ["categories.forum_id", "categories.forum_uri", "did", "id", "posts.deleted", "rkey"];

    // What the records below name, once for their first words and once for the edited ones.
    static readonly (string Did, string Collection, string Rkey, object Record)[] Targets =
    [
        (Forum, ForumRecord, "self", new { name = "Forum" }),
        (Forum, ForumRecord, "other", new { name = "Forum" }),
        (Forum, Category, "c1", new { name = "Category" }),
        (Forum, Category, "c2", new { name = "Category" }),
        (Forum, Board, "b1", new { name = "Board" }),
        (Forum, Board, "b2", new { name = "Board" }),
        (Forum, Role, "r1", new { name = "Role" }),
        (Forum, Role, "r2", new { name = "Role" }),
        (Bob, Post, "root1", new { text = "Post", createdAt = "2025-12-01T00:00:00Z" }),
        (Bob, Post, "root2", new { text = "Post", createdAt = "2025-12-01T00:00:00Z" }),
        (Bob, Post, "parent1", new { text = "Post", createdAt = "2025-12-01T00:00:00Z" }),
        (Bob, Post, "parent2", new { text = "Post", createdAt = "2025-12-01T00:00:00Z" }),
    ];

    // Each record twice, then its columns: what they hold of the one and of the other.
    static readonly Row[] Rows =
    [
        new(Forum, ForumRecord, "row",
            new { name = "Workshop", description = "Mending things.", createdAt = "2026-01-01T01:00:00.000001Z" },
            new { name = "Atelier", description = "Making things.", createdAt = "2026-01-01T02:00:00.000002Z" },
            new()
            {
                ["name"] = ("Workshop", "Atelier"),
                ["description"] = ("Mending things.", "Making things."),
                ["created_at"] = ("2026-01-01T01:00:00.000001Z", "2026-01-01T02:00:00.000002Z"),
            }),
        new(Forum, Category, "row",
            new { name = "Wood", description = "Of trees.", slug = "wood", sortOrder = 21, createdAt = "2026-01-02T01:00:00.000003Z" },
            new { name = "Metal", description = "Of ores.", slug = "metal", sortOrder = 22, createdAt = "2026-01-02T02:00:00.000004Z" },
            new()
            {
                ["name"] = ("Wood", "Metal"),
                ["description"] = ("Of trees.", "Of ores."),
                ["slug"] = ("wood", "metal"),
                ["sort_order"] = (21L, 22L),
                ["forum_uri"] = (Uri(Forum, ForumRecord, "self"), Uri(Forum, ForumRecord, "self")),
                ["forum_id"] = (RowOf(Forum, ForumRecord, "self"), RowOf(Forum, ForumRecord, "self")),
                ["created_at"] = ("2026-01-02T01:00:00.000003Z", "2026-01-02T02:00:00.000004Z"),
            }),
        new(Forum, Board, "row",
            new { name = "Chairs", description = "To sit on.", slug = "chairs", sortOrder = 31, category = new { category = Ref(Uri(Forum, Category, "c1")) }, createdAt = "2026-01-03T01:00:00.000005Z" },
            new { name = "Tables", description = "To sit at.", slug = "tables", sortOrder = 32, category = new { category = Ref(Uri(Forum, Category, "c2")) }, createdAt = "2026-01-03T02:00:00.000006Z" },
            new()
            {
                ["name"] = ("Chairs", "Tables"),
                ["description"] = ("To sit on.", "To sit at."),
                ["slug"] = ("chairs", "tables"),
                ["sort_order"] = (31L, 32L),
                ["category_uri"] = (Uri(Forum, Category, "c1"), Uri(Forum, Category, "c2")),
                ["category_id"] = (RowOf(Forum, Category, "c1"), RowOf(Forum, Category, "c2")),
                ["created_at"] = ("2026-01-03T01:00:00.000005Z", "2026-01-03T02:00:00.000006Z"),
            }),
        new(Forum, Role, "row",
            new { name = "Member", description = "Who belongs.", permissions = new[] { "write", "read" }, priority = 41, createdAt = "2026-01-04T01:00:00.000007Z" },
            new { name = "Moderator", description = "Who tidies up.", permissions = new[] { "lock", "ban" }, priority = 42, createdAt = "2026-01-04T02:00:00.000008Z" },
            new()
            {
                ["name"] = ("Member", "Moderator"),
                ["description"] = ("Who belongs.", "Who tidies up."),
                ["permissions"] = ("""["write","read"]""", """["lock","ban"]"""),
                ["priority"] = (41L, 42L),
                ["created_at"] = ("2026-01-04T01:00:00.000007Z", "2026-01-04T02:00:00.000008Z"),
            }),
        new(Forum, ModAction, "row",
            new
            {
                action = "lock", subject = new { did = "did:plc:subject1", post = Ref(Uri(Bob, Post, "root1")) }, reason = "Enough.", createdBy = "did:plc:moderator1",
                expiresAt = "2026-06-05T01:00:00.000009+01:00", createdAt = "2026-01-05T01:00:00.000010Z",
            },
            new
            {
                action = "ban", subject = new { did = "did:plc:subject2", post = Ref(Uri(Bob, Post, "root2")) }, reason = "Hats.", createdBy = "did:plc:moderator2",
                expiresAt = "2026-06-05T02:00:00.000011+01:00", createdAt = "2026-01-05T02:00:00.000012Z",
            },
            new()
            {
                ["action"] = ("lock", "ban"),
                ["subject_did"] = ("did:plc:subject1", "did:plc:subject2"),
                ["subject_post_uri"] = (Uri(Bob, Post, "root1"), Uri(Bob, Post, "root2")),
                ["subject_post_id"] = (RowOf(Bob, Post, "root1"), RowOf(Bob, Post, "root2")),
                ["reason"] = ("Enough.", "Hats."),
                ["created_by"] = ("did:plc:moderator1", "did:plc:moderator2"),
                ["expires_at"] = ("2026-06-05T00:00:00.000009Z", "2026-06-05T01:00:00.000011Z"),
                ["created_at"] = ("2026-01-05T01:00:00.000010Z", "2026-01-05T02:00:00.000012Z"),
            }),
        new(Alice, Membership, "row",
            new
            {
                forum = new { forum = Ref(Uri(Forum, ForumRecord, "self")) }, role = new { role = Ref(Uri(Forum, Role, "r1")) },
                joinedAt = "2026-01-06T01:00:00.000013Z", createdAt = "2026-01-06T02:00:00.000014Z",
            },
            new
            {
                forum = new { forum = Ref(Uri(Forum, ForumRecord, "other")) }, role = new { role = Ref(Uri(Forum, Role, "r2")) },
                joinedAt = "2026-01-06T03:00:00.000015Z", createdAt = "2026-01-06T04:00:00.000016Z",
            },
            new()
            {
                ["forum_uri"] = (Uri(Forum, ForumRecord, "self"), Uri(Forum, ForumRecord, "other")),
                ["forum_id"] = (RowOf(Forum, ForumRecord, "self"), RowOf(Forum, ForumRecord, "other")),
                ["role_uri"] = (Uri(Forum, Role, "r1"), Uri(Forum, Role, "r2")),
                ["role_id"] = (RowOf(Forum, Role, "r1"), RowOf(Forum, Role, "r2")),
                ["joined_at"] = ("2026-01-06T01:00:00.000013Z", "2026-01-06T03:00:00.000015Z"),
                ["created_at"] = ("2026-01-06T02:00:00.000014Z", "2026-01-06T04:00:00.000016Z"),
            }),
        new(Alice, Post, "row",
            new
            {
                title = "On glue", text = "It sticks.", forum = new { forum = Ref(Uri(Forum, ForumRecord, "self")) }, board = new { board = Ref(Uri(Forum, Board, "b1")) },
                reply = new { root = Ref(Uri(Bob, Post, "root1")), parent = Ref(Uri(Bob, Post, "parent1")) }, createdAt = "2026-01-07T01:00:00.000017Z",
            },
            new
            {
                title = "On nails", text = "They hold.", forum = new { forum = Ref(Uri(Forum, ForumRecord, "other")) }, board = new { board = Ref(Uri(Forum, Board, "b2")) },
                reply = new { root = Ref(Uri(Bob, Post, "root2")), parent = Ref(Uri(Bob, Post, "parent2")) }, createdAt = "2026-01-07T02:00:00.000018Z",
            },
            new()
            {
                ["title"] = ("On glue", "On nails"),
                ["text"] = ("It sticks.", "They hold."),
                ["forum_uri"] = (Uri(Forum, ForumRecord, "self"), Uri(Forum, ForumRecord, "other")),
                ["forum_id"] = (RowOf(Forum, ForumRecord, "self"), RowOf(Forum, ForumRecord, "other")),
                ["board_uri"] = (Uri(Forum, Board, "b1"), Uri(Forum, Board, "b2")),
                ["board_id"] = (RowOf(Forum, Board, "b1"), RowOf(Forum, Board, "b2")),
                ["root_uri"] = (Uri(Bob, Post, "root1"), Uri(Bob, Post, "root2")),
                ["root_post_id"] = (RowOf(Bob, Post, "root1"), RowOf(Bob, Post, "root2")),
                ["parent_uri"] = (Uri(Bob, Post, "parent1"), Uri(Bob, Post, "parent2")),
                ["parent_post_id"] = (RowOf(Bob, Post, "parent1"), RowOf(Bob, Post, "parent2")),
                ["deleted"] = (0L, 0L),
                ["created_at"] = ("2026-01-07T01:00:00.000017Z", "2026-01-07T02:00:00.000018Z"),
            }),
    ];

    readonly Dictionary<string, RepoState> states = [];

    public static TheoryData<DatabaseKind, bool> Orders() => new MatrixTheoryData<DatabaseKind, bool>(TestDatabase.Kinds, [true, false]);

    [Fact]
    public void Rows_BothTimes_SayNothingTwice()
    {
        Assert.Equal(CollectionCatalog.All.Select(collection => collection.Nsid), Rows.Select(row => row.Collection));
        Assert.All(Rows, row => Assert.Distinct(row.Expected(0).Select(column => column.Split(" = ")[1])));
        Assert.All(Rows, row => Assert.Distinct(row.Expected(1).Select(column => column.Split(" = ")[1])));
        Assert.Equal(
            Lasting,
            Rows.SelectMany(row => row.Expected(0).Intersect(row.Expected(1)).Select(column => column.Split(" = ")[0])
                .Select(column => column is "id" or "did" or "rkey" ? column : $"{row.Table}.{column}")).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Orders))]
    public async Task WriteAsync_RecordWithEveryField_IsInItsColumnsWhenNewAndWhenEdited(DatabaseKind kind, bool targetsFirst)
    {
        var database = await OpenAsync(kind);
        await GiveEachTableIdsOfItsOwnAsync(database);
        var store = Store(database);

        // Targets that come later are put in by another statement.
        if (targetsFirst)
            await WriteTargetsAsync(store);
        foreach (var row in Rows)
            await WriteAsync(store, row.Did, row.Collection, row.Written(0));
        if (!targetsFirst)
            await WriteTargetsAsync(store);
        await AssertRowsAsync(database, 0);

        Time.Advance(Row.Between);
        foreach (var row in Rows)
            await WriteAsync(store, row.Did, row.Collection, row.Written(1));
        await AssertRowsAsync(database, 1);
    }

    // So that no id is right by chance in a column that is another's.
    static async Task GiveEachTableIdsOfItsOwnAsync(TestDatabase database)
    {
        foreach (var (number, collection) in CollectionCatalog.All.Index())
        {
            await database.ExecuteAsync(database.Kind == DatabaseKind.PostgreSql
                ? $"alter table {collection.Table} alter column id restart with {100 * (number + 1)}"
                : $"insert into sqlite_sequence (name, seq) values ('{collection.Table}', {100 * (number + 1)})");
        }
    }

    async Task WriteTargetsAsync(IndexStore store)
    {
        foreach (var target in Targets)
            await WriteAsync(store, target.Did, target.Collection, Record(target.Did, target.Collection, target.Rkey, target.Record));
    }

    async Task WriteAsync(IndexStore store, string did, string collection, SourceRecord record)
    {
        var result = await store.WriteAsync(Batch(states.GetValueOrDefault(did) ?? Repo(did), collection, record), Token);
        Assert.Empty(result.Failures);
        states[did] = result.Next();
    }

    static async Task AssertRowsAsync(TestDatabase database, int time)
    {
        var uris = new Dictionary<long, string>();
        foreach (var collection in CollectionCatalog.All)
            foreach (var row in await database.QueryAsync($"select id, did, rkey from {collection.Table}"))
                uris.Add((long)row[0]!, RowOf((string)row[1]!, collection.Nsid, (string)row[2]!));

        foreach (var row in Rows)
        {
            // Of the catalogue, so that a column nobody expects is one too many.
            var columns = (await database.QueryAsync(database.Kind == DatabaseKind.PostgreSql
                ? $"select column_name::text from information_schema.columns where table_schema = current_schema() and table_name = '{row.Table}'"
                : $"select name from pragma_table_info('{row.Table}')")).Select(column => (string)column[0]!).Order(StringComparer.Ordinal).ToList();
            var values = Assert.Single(await database.QueryAsync($"select {string.Join(", ", columns)} from {row.Table} where did = '{row.Did}' and rkey = '{row.Rkey}'"));
            Assert.Equal(row.Expected(time), columns.Zip(values, (column, value) => $"{column} = {Shown(column, value, uris)}"));
        }
    }

    /// <summary>A value as either database means it.</summary>
    static string Shown(string column, object? value, Dictionary<long, string> uris) => (column, value) switch
    {
        (_, null) => "null",
        ("id", long id) => uris[id],
        (_, long id) when column.EndsWith("_id", StringComparison.Ordinal) => uris.GetValueOrDefault(id, $"no row {id}"),
        ("record" or "permissions", string json) => IndexedRow.Of("", "", "", "", json).Json,
        (_, DateTime time) => SqliteTime.Of(time),
        (_, bool flag) => flag ? "1" : "0",
        _ => FormattableString.Invariant($"{value}"),
    };

    static string RowOf(string did, string collection, string rkey) => $"the row of {Uri(did, collection, rkey)}";

    /// <summary>A record, first and edited, and what its row holds each time.</summary>
    sealed record Row(string Did, string Collection, string Rkey, object First, object Edited, Dictionary<string, (object First, object Edited)> Columns)
    {
        // Between the two writes.
        public static readonly TimeSpan Between = TimeSpan.FromHours(1);

        public string Table => CollectionCatalog.Get(Collection).Table;

        public SourceRecord Written(int time) => Record(Did, Collection, Rkey, time == 0 ? First : Edited, time == 0 ? "bafyfirst" : "bafyedited");

        /// <summary>Its columns in the order of their names.</summary>
        public IReadOnlyList<string> Expected(int time)
        {
            var all = new Dictionary<string, (object First, object Edited)>(Columns)
            {
                ["id"] = (RowOf(Did, Collection, Rkey), RowOf(Did, Collection, Rkey)),
                ["did"] = (Did, Did),
                ["rkey"] = (Rkey, Rkey),
                ["cid"] = ("bafyfirst", "bafyedited"),
                ["record"] = (JsonOf(0), JsonOf(1)),
                ["indexed_at"] = ("2026-11-01T12:00:00.000000Z", "2026-11-01T13:00:00.000000Z"),
            };
            return [.. all.Select(column => FormattableString.Invariant($"{column.Key} = {(time == 0 ? column.Value.First : column.Value.Edited)}")).Order(StringComparer.Ordinal)];
        }

        string JsonOf(int time) => IndexedRow.Of("", "", "", "", System.Text.Encoding.UTF8.GetString(Written(time).Json.Span)).Json;
    }
}
