namespace Atbb.Bench.Indexes;

/// <summary>A reference between records. Written down here once more, and not asked of the service: what it forgets is to be noticed.</summary>
/// <param name="Table">The table of what refers.</param>
/// <param name="Json">Where its record names what it refers to.</param>
/// <param name="Uri">The column of that name.</param>
/// <param name="Id">The column of the row that is meant.</param>
/// <param name="Target">The table of what is referred to.</param>
/// <param name="Collection">Its collection.</param>
sealed record Reference(string Table, string Json, string Uri, string Id, string Target, string Collection)
{
    public static IReadOnlyList<Reference> All { get; } =
    [
        // Said by no field: it is the forum of the same repository.
        new("categories", "'at://' || did || '/space.atbb.forum.forum/self'", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        new("boards", "record -> 'category' -> 'category' ->> 'uri'", "category_uri", "category_id", "categories", "space.atbb.forum.category"),
        new("memberships", "record -> 'forum' -> 'forum' ->> 'uri'", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        new("memberships", "record -> 'role' -> 'role' ->> 'uri'", "role_uri", "role_id", "roles", "space.atbb.forum.role"),
        new("posts", "record -> 'forum' -> 'forum' ->> 'uri'", "forum_uri", "forum_id", "forums", "space.atbb.forum.forum"),
        new("posts", "record -> 'board' -> 'board' ->> 'uri'", "board_uri", "board_id", "boards", "space.atbb.forum.board"),
        new("posts", "record -> 'reply' -> 'root' ->> 'uri'", "root_uri", "root_post_id", "posts", "space.atbb.post"),
        new("posts", "record -> 'reply' -> 'parent' ->> 'uri'", "parent_uri", "parent_post_id", "posts", "space.atbb.post"),
    ];

    /// <summary>
    /// Counts the rows whose reference is wrong. Both databases read it alike. The generated forum is whole: whatever is named, is there. By the target's id and not by its
    /// URI, which would have to be put together for each row, and is in no index.
    /// </summary>
    public string CountWrong => $"""
        select count(*)
        from (select {Uri} as uri, {Id} as id, {Json} as named from {Table}) r
        left join {Target} t on t.id = r.id
        where r.uri is distinct from r.named
           or r.named is distinct from 'at://' || t.did || '/{Collection}/' || t.rkey
        """;
}
