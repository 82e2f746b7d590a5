using System.Globalization;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Dapper;
using Spectre.Console;

namespace Atbb.Silo.Demo;

/// <summary>What the demo found, from the index alone: as an AppView would read it.</summary>
static class DemoReport
{
    const int Threads = 3;
    const int RepliesShown = 4;
    const int TextShown = 100;

    /// <summary>Writes the figures and the liveliest threads.</summary>
    public static async Task WriteAsync(IAnsiConsole console, IndexDatabase database)
    {
        await using var connection = await database.Index.OpenConnectionAsync();

        var table = new Table().AddColumn("collection").AddColumn("table").AddColumn(new TableColumn("rows").RightAligned());
        foreach (var collection in CollectionCatalog.All)
        {
            // The table's name is one of the catalog's, not anybody's text.
            var rows = await connection.ExecuteScalarAsync<long>($"select count(*) from {collection.Table}");
            table.AddRow(collection.Nsid, collection.Table, rows.ToString("N0", CultureInfo.InvariantCulture));
        }

        console.Write(table);

        var topics = (await connection.QueryAsync<Topic>(
            """
            select t.id as Id, t.title as Title, b.name as Board, coalesce(u.handle, t.did) as Author, t.text as Text, count(r.id) as Replies
            from posts t
            join posts r on r.root_post_id = t.id
            left join boards b on b.id = t.board_id
            left join users u on u.did = t.did
            where t.root_uri is null
            group by t.id, t.title, b.name, u.handle, t.did, t.text
            order by count(r.id) desc, t.id
            limit @Threads
            """,
            new { Threads })).AsList();
        if (topics.Count == 0)
            console.WriteLine("There are no threads: no post has been replied to.");
        foreach (var topic in topics)
            console.Write(await ThreadAsync(connection, topic));
    }

    static async Task<Tree> ThreadAsync(System.Data.Common.DbConnection connection, Topic topic)
    {
        var tree = new Tree($"[bold]{Markup.Escape(topic.Title ?? "(no title)")}[/] in {Markup.Escape(topic.Board ?? "?")}, by {Markup.Escape(topic.Author)}, {topic.Replies} replies");
        tree.AddNode(Markup.Escape(Shorten(topic.Text)));
        var replies = await connection.QueryAsync<Reply>(
            """
            select coalesce(u.handle, p.did) as Author, coalesce(a.handle, parent.did) as Answered, p.text as Text
            from posts p
            join posts parent on parent.id = p.parent_post_id
            left join users u on u.did = p.did
            left join users a on a.did = parent.did
            where p.root_post_id = @Id
            order by p.created_at
            limit @RepliesShown
            """,
            new { topic.Id, RepliesShown });
        foreach (var reply in replies)
            tree.AddNode($"[grey]{Markup.Escape(reply.Author)} → {Markup.Escape(reply.Answered)}:[/] {Markup.Escape(Shorten(reply.Text))}");
        return tree;
    }

    static string Shorten(string text) => text.Length <= TextShown ? text : $"{text.AsSpan(0, TextShown)}…";

    // Filled by property, not by constructor: SQLite has no type for a computed column of no rows, and no constructor would match.
    sealed record Topic
    {
        public long Id { get; init; }

        public string? Title { get; init; }

        public string? Board { get; init; }

        public string Author { get; init; } = "";

        public string Text { get; init; } = "";

        public long Replies { get; init; }
    }

    sealed record Reply
    {
        public string Author { get; init; } = "";

        public string Answered { get; init; } = "";

        public string Text { get; init; } = "";
    }
}
