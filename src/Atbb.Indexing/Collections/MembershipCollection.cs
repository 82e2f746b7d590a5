namespace Atbb.Indexing.Collections;

/// <summary><c>space.atbb.membership</c>: a user joins a forum.</summary>
static class MembershipCollection
{
    public const string Nsid = "space.atbb.membership";

    public static RecordCollection Definition { get; } = new(Nsid, CollectionOwner.User, "memberships",
        RecordField.Reference("forum.forum", ForumCollection.Nsid, "forum_uri", "forum_id").Required(),
        RecordField.Reference("role.role", RoleCollection.Nsid, "role_uri", "role_id"),
        RecordField.Date("joinedAt", "joined_at"),
        RecordField.CreatedAt);
}
