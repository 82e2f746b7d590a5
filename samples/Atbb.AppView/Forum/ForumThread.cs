namespace Atbb.AppView.Forum;

/// <summary>A topic with a page of its posts: itself, then its replies in the order of their time.</summary>
public sealed record ForumThread(long Id, string Title, long? BoardId, string? BoardName, bool IsLocked, PageOf<Post> Posts);
