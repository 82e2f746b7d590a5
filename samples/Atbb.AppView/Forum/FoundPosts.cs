namespace Atbb.AppView.Forum;

/// <summary>A page of what a search has found, the newest first.</summary>
public sealed record FoundPosts(IReadOnlyList<Post> Posts, int Number, bool HasMore);
