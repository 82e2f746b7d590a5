namespace Atbb.AppView.Forum;

/// <summary>A member. A membership names a role too; but it stands in the member's own repository, and proves none.</summary>
public sealed class MemberLine
{
    public string Did { get; init; } = "";

    public string? Handle { get; init; }

    public DateTimeOffset? JoinedAt { get; init; }

    public long Posts { get; init; }
}
