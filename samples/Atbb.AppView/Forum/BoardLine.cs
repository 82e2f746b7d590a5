namespace Atbb.AppView.Forum;

/// <summary>A board in the list of boards.</summary>
public sealed class BoardLine
{
    public long Id { get; init; }

    public long? CategoryId { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public long Topics { get; init; }

    public DateTimeOffset? LatestAt { get; init; }
}
