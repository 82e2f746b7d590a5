namespace Atbb.AppView.Forum;

/// <summary>A category with its boards.</summary>
public sealed record Category(string Name, string? Description, IReadOnlyList<BoardLine> Boards);
