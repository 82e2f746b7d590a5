namespace Atbb.AppView.Forum;

/// <summary>A member with a page of posts, the newest first.</summary>
public sealed record Member(MemberLine Line, PageOf<Post> Posts);
