namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.modAction</c>: what a moderator did to an account or to a post.</summary>
static class ModActionCollection
{
    public const string Nsid = "space.atbb.modAction";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.Forum, "mod_actions",
        RecordField.Text("action").Required(),
        RecordField.Text("subject.did", "subject_did"),
        RecordField.Reference("subject.post", PostCollection.Nsid, "subject_post_uri", "subject_post_id"),
        RecordField.Text("reason"),
        RecordField.Text("createdBy", "created_by"),
        RecordField.Date("expiresAt", "expires_at"),
        RecordField.CreatedAt)
    {
        OneOf = ["subject.did", "subject.post"],
    };
}
