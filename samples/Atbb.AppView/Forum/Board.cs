namespace Atbb.AppView.Forum;

/// <summary>A board with a page of its topics, pinned ones and then the newest first.</summary>
public sealed record Board(long Id, string Name, string? Description, PageOf<TopicLine> Topics);
