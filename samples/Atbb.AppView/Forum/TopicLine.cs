namespace Atbb.AppView.Forum;

/// <summary>A topic in the list of a board.</summary>
public sealed class TopicLine
{
    public long Id { get; init; }

    public string? Title { get; init; }

    /// <summary>The beginning of its text: what stands for a title that is missing.</summary>
    public string Beginning { get; init; } = "";

    public string Did { get; init; } = "";

    public string? Handle { get; init; }

    /// <summary>When it was written, as far as that can be believed.</summary>
    public DateTimeOffset ShownAt { get; init; }

    public long Replies { get; init; }

    public bool IsPinned { get; init; }

    public bool IsLocked { get; init; }
}
