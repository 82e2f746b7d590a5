using System.Data.Common;
using Atbb.AppView.Search;
using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.AppView.Forum;

/// <summary>Reads the index: the same SQL on PostgreSQL and SQLite. Nothing here writes.</summary>
sealed class ForumReader(IndexDatabase database, SiteOptions options, TimeProvider time)
{
    // A post may have megabytes; a page of them is for people.
    const int TextShown = 20_000;
    const int Beginning = 200;

    // As with posts: when is a claim, and nobody joins in the future.
    const string Joined = "case when coalesce(m.joined_at, m.created_at) < m.indexed_at then coalesce(m.joined_at, m.created_at) else m.indexed_at end";

    public async Task<ForumName> ReadForumAsync(CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        return await connection.QuerySingleOrDefaultAsync<ForumName>(Sql(
            "select name as Name, description as Description from forums where did = @Forum and rkey = 'self'", new { Forum = options.ForumDid }, ends)) ?? ForumName.Unknown;
    }

    public async Task<IReadOnlyList<Category>> ReadCategoriesAsync(CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        var boards = (await connection.QueryAsync<BoardLine>(Sql(
            $"""
            {Visible.Only}
            select b.id as Id, b.category_id as CategoryId, b.name as Name, b.description as Description,
                   (select count(*) from shown_posts t where t.board_id = b.id and t.root_uri is null) as Topics,
                   -- Of the topics that are shown: that it belongs to a board is only what a reply says.
                   (select max(p.shown_at)
                    from shown_posts t
                    join shown_posts p on p.id = t.id or p.root_post_id = t.id
                    where t.board_id = b.id and t.root_uri is null) as LatestAt
            from boards b
            where b.did = @Forum
            order by b.sort_order nulls last, b.name, b.id
            """, Parameters(), ends))).ToLookup(board => board.CategoryId ?? 0);
        var categories = (await connection.QueryAsync<(long Id, string Name, string? Description)>(Sql(
            "select id, name, description from categories where did = @Forum order by sort_order nulls last, name, id", new { Forum = options.ForumDid }, ends))).ToList();

        // Boards whose category is not in the index, or not yet.
        var others = boards.Where(group => categories.All(category => category.Id != group.Key)).SelectMany(group => group).ToList();
        return
        [
            .. categories.Select(category => new Category(category.Name, category.Description, [.. boards[category.Id]])).Where(category => category.Boards.Count > 0),
            .. others.Count == 0 ? Array.Empty<Category>() : [new Category("Other boards", null, others)],
        ];
    }

    public async Task<Board?> ReadBoardAsync(long id, int page, CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        var board = await connection.QuerySingleOrDefaultAsync<BoardLine>(Sql(
            $"""
            {Visible.Only}
            select b.id as Id, b.name as Name, b.description as Description,
                   (select count(*) from shown_posts t where t.board_id = b.id and t.root_uri is null) as Topics
            from boards b
            where b.id = @Id and b.did = @Forum
            """, Parameters(new { Id = id }), ends));
        if (board is null)
            return null;

        var pages = PageOf.Count(board.Topics);
        page = Math.Min(page, pages);
        var topics = await connection.QueryAsync<TopicLine>(Sql(
            $"""
            {Visible.Only}
            select t.id as Id, t.title as Title, substr(t.text, 1, @Beginning) as Beginning, t.did as Did, u.handle as Handle, t.shown_at as ShownAt,
                   (select count(*) from shown_posts r where r.root_post_id = t.id) as Replies,
                   t.id in (select id from pinned) as IsPinned,
                   exists (select 1 from locked l where l.id = t.id) as IsLocked
            from shown_posts t
            left join users u on u.did = t.did
            where t.board_id = @Id and t.root_uri is null
            order by t.id in (select id from pinned) desc, t.shown_at desc, t.id desc
            limit @Size offset @Skip
            """, Parameters(new { Id = id, Beginning, PageOf.Size, Skip = PageOf.Skip(page) }), ends));
        return new Board(board.Id, board.Name, board.Description, new([.. topics], page, pages));
    }

    public async Task<ForumThread?> ReadThreadAsync(long id, int page, CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        var topic = await connection.QuerySingleOrDefaultAsync<TopicRow>(Sql(
            $"""
            {Visible.Only}
            select t.title as Title, substr(t.text, 1, @Beginning) as Beginning, b.id as BoardId, b.name as BoardName,
                   exists (select 1 from locked l where l.id = t.id) as IsLocked,
                   (select count(*) from shown_posts r where r.root_post_id = t.id) as Replies
            from shown_posts t
            left join boards b on b.id = t.board_id and b.did = @Forum
            where t.id = @Id and t.root_uri is null
            """, Parameters(new { Id = id, Beginning }), ends));
        if (topic is null)
            return null;

        var pages = PageOf.Count(topic.Replies + 1);
        page = Math.Min(page, pages);
        var posts = await connection.QueryAsync<Post>(Sql(
            $"""
            {Visible.Only}
            select p.id as Id, p.did as Did, u.handle as Handle, substr(p.text, 1, @TextShown) as Text, p.shown_at as ShownAt,
                   a.id as AnsweredId, a.did as AnsweredDid, au.handle as AnsweredHandle
            from shown_posts p
            left join users u on u.did = p.did
            left join shown_posts a on a.id = p.parent_post_id and a.root_post_id = @Id
            left join users au on au.did = a.did
            where p.id = @Id or p.root_post_id = @Id
            -- A reply may claim to be older than its topic.
            order by case when p.id = @Id then 0 else 1 end, p.shown_at, p.id
            limit @Size offset @Skip
            """, Parameters(new { Id = id, TextShown, PageOf.Size, Skip = PageOf.Skip(page) }), ends));
        return new ForumThread(id, Titles.Of(topic.Title, topic.Beginning), topic.BoardId, topic.BoardName, topic.IsLocked, new([.. posts], page, pages));
    }

    public async Task<PostPlace?> FindPostAsync(long id, CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        var row = await connection.QuerySingleOrDefaultAsync<(long ThreadId, long Before)?>(Sql(
            $"""
            {Visible.Only}
            select t.id,
                   case when p.id = t.id then 0 else 1 + (
                       select count(*) from shown_posts e
                       where e.root_post_id = t.id and (e.shown_at < p.shown_at or (e.shown_at = p.shown_at and e.id < p.id))) end
            from shown_posts p
            join shown_posts t on t.id = coalesce(p.root_post_id, p.id) and t.root_uri is null
            where p.id = @Id
            """, Parameters(new { Id = id }), ends));
        return row is { } found ? new PostPlace(found.ThreadId, PageOf.Count(found.Before + 1)) : null;
    }

    public async Task<PageOf<MemberLine>> ReadMembersAsync(int page, CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        const string Members =
            """
            from memberships m
            join forums f on f.id = m.forum_id and f.did = @Forum
            join users u on u.did = m.did and u.status = 'active'
            where m.did not in (select did from banned)
            """;
        var count = await connection.ExecuteScalarAsync<long>(Sql($"{Visible.Only} select count(distinct m.did) {Members}", Parameters(), ends));
        var pages = PageOf.Count(count);
        page = Math.Min(page, pages);
        var members = await connection.QueryAsync<MemberLine>(Sql(
            $"""
            {Visible.Only}
            select m.did as Did, u.handle as Handle, min({Joined}) as JoinedAt,
                   (select count(*) from shown_posts p join shown_posts t on t.id = coalesce(p.root_post_id, p.id) and t.root_uri is null where p.did = m.did) as Posts
            {Members}
            group by m.did, u.handle
            order by lower(coalesce(u.handle, m.did)), m.did
            limit @Size offset @Skip
            """, Parameters(new { PageOf.Size, Skip = PageOf.Skip(page) }), ends));
        return new([.. members], page, pages);
    }

    public async Task<Member?> ReadMemberAsync(string did, int page, CancellationToken ends)
    {
        await using var connection = await OpenAsync(ends);
        var member = await connection.QuerySingleOrDefaultAsync<MemberLine>(Sql(
            $"""
            {Visible.Only}
            select u.did as Did, u.handle as Handle,
                   (select min({Joined}) from memberships m join forums f on f.id = m.forum_id and f.did = @Forum where m.did = u.did) as JoinedAt,
                   (select count(*) from shown_posts p join shown_posts t on t.id = coalesce(p.root_post_id, p.id) and t.root_uri is null where p.did = u.did) as Posts
            from users u
            where u.did = @Did and u.status = 'active' and u.did not in (select did from banned)
            """, Parameters(new { Did = did }), ends));
        if (member is null)
            return null;

        var pages = PageOf.Count(member.Posts);
        page = Math.Min(page, pages);
        var posts = await connection.QueryAsync<Post>(Sql(
            $"""
            {Visible.Only}
            select p.id as Id, p.did as Did, u.handle as Handle, substr(p.text, 1, @TextShown) as Text, p.shown_at as ShownAt,
                   t.title as ThreadTitle, substr(t.text, 1, @Beginning) as ThreadBeginning
            from shown_posts p
            left join users u on u.did = p.did
            join shown_posts t on t.id = coalesce(p.root_post_id, p.id) and t.root_uri is null
            where p.did = @Did
            order by p.shown_at desc, p.id desc
            limit @Size offset @Skip
            """, Parameters(new { Did = did, Beginning, TextShown, PageOf.Size, Skip = PageOf.Skip(page) }), ends));
        return new Member(member, new([.. posts], page, pages));
    }

    public async Task<FoundPosts> SearchAsync(ISearchIndex search, string query, int page, CancellationToken ends)
    {
        if (search.Prepare(query) is not { } prepared)
            return new([], 1, false);

        await using var connection = await search.OpenAsync(ends);
        var posts = (await connection.QueryAsync<Post>(Sql(
            $"""
            {Visible.Only}
            select p.id as Id, p.did as Did, u.handle as Handle, substr(p.text, 1, @TextShown) as Text, p.shown_at as ShownAt,
                   t.title as ThreadTitle, substr(t.text, 1, @Beginning) as ThreadBeginning
            from ({search.Matches}) found
            join shown_posts p on p.id = found.id
            join shown_posts t on t.id = coalesce(p.root_post_id, p.id) and t.root_uri is null
            left join users u on u.did = p.did
            order by p.shown_at desc, p.id desc
            -- One more than is shown: whether there is a next page, without counting everything.
            limit @Size + 1 offset @Skip
            """, Parameters(new { Query = prepared, Beginning, TextShown, PageOf.Size, Skip = PageOf.Skip(page) }), ends))).ToList();
        return new([.. posts.Take(PageOf.Size)], page, posts.Count > PageOf.Size);
    }

    ValueTask<DbConnection> OpenAsync(CancellationToken ends)
    {
        // SQLite would make an empty one, which then stands where the service's is to be.
        if (database.Target is { Kind: DatabaseKind.Sqlite, Description: var file } && !File.Exists(file))
            throw new FileNotFoundException($"There is no index at {file}: the service makes it.", file);
        return database.Index.OpenConnectionAsync(ends);
    }

    DynamicParameters Parameters(object? more = null)
    {
        var all = new DynamicParameters(more);
        all.Add("Forum", options.ForumDid);
        all.Add("Now", time.GetUtcNow());
        return all;
    }

    static CommandDefinition Sql(string text, object parameters, CancellationToken ends) => new(text, parameters, cancellationToken: ends);

    sealed class TopicRow
    {
        public string? Title { get; init; }

        public string Beginning { get; init; } = "";

        public long? BoardId { get; init; }

        public string? BoardName { get; init; }

        public bool IsLocked { get; init; }

        public long Replies { get; init; }
    }
}
