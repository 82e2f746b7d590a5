namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.forum.forum</c>: the forum itself, one record with the key <c>self</c>.</summary>
static class ForumCollection
{
    public const string Nsid = "space.atbb.forum.forum";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.Forum, "forums",
        RecordField.Text("name").Required(),
        RecordField.Text("description"),
        RecordField.CreatedAt);
}
