namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.post</c>: a topic, or a reply to one (then it names the topic as root and the post answered as parent).</summary>
static class PostCollection
{
    public const string Nsid = "space.atbb.post";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.User, "posts",
        RecordField.Text("title"),
        RecordField.Text("text").Required(),
        RecordField.Reference("forum.forum", ForumCollection.Nsid, "forum_uri", "forum_id"),
        RecordField.Reference("board.board", BoardCollection.Nsid, "board_uri", "board_id"),
        RecordField.Reference("reply.root", Nsid, "root_uri", "root_post_id"),
        RecordField.Reference("reply.parent", Nsid, "parent_uri", "parent_post_id"),
        RecordField.CreatedAt.Required());
}
