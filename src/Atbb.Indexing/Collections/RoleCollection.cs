namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.forum.role</c>: what a member may do.</summary>
static class RoleCollection
{
    public const string Nsid = "space.atbb.forum.role";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.Forum, "roles",
        RecordField.Text("name").Required(),
        RecordField.Text("description"),
        RecordField.TextList("permissions"),
        RecordField.Integer("priority", "priority"),
        RecordField.CreatedAt);
}
