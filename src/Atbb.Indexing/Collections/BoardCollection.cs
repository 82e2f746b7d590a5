namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.forum.board</c>: where topics are posted.</summary>
static class BoardCollection
{
    public const string Nsid = "space.atbb.forum.board";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.Forum, "boards",
        RecordField.Text("name").Required(),
        RecordField.Text("description"),
        RecordField.Text("slug"),
        RecordField.Integer("sortOrder", "sort_order"),
        RecordField.Reference("category.category", CategoryCollection.Nsid, "category_uri", "category_id"),
        RecordField.CreatedAt);
}
