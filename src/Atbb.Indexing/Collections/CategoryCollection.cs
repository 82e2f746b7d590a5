namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.forum.category</c>: a group of boards. Its forum is the one of its own repository, which no field says.</summary>
static class CategoryCollection
{
    public const string Nsid = "space.atbb.forum.category";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.Forum, "categories",
        RecordField.Text("name").Required(),
        RecordField.Text("description"),
        RecordField.Text("slug"),
        RecordField.Integer("sortOrder", "sort_order"),
        RecordField.Implied("self", ForumCollection.Nsid, "forum_uri", "forum_id"),
        RecordField.CreatedAt);
}
