namespace Atbb.AppView.Forum;

/// <summary>Where a post is shown.</summary>
sealed record PostPlace(long ThreadId, int Page);
