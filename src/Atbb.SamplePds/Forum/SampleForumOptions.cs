namespace Atbb.Sample;

/// <summary>How large a forum to generate. The same options make the same forum, byte for byte.</summary>
public sealed record SampleForumOptions
{
    /// <summary>What chance starts from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>People with a membership. Default 25.</summary>
    public int Users { get; init; } = 25;

    /// <summary>Posts of each of them. Default 20.</summary>
    public int PostsPerUser { get; init; } = 20;

    /// <summary>Posts of the first user, on top: for one repository of many pages. Default 0.</summary>
    public int ExtraPostsOfFirstUser { get; init; }

    /// <summary>Boards. Default 6.</summary>
    public int Boards { get; init; } = 6;

    /// <summary>Moderators' actions. Default 3.</summary>
    public int ModActions { get; init; } = 3;

    /// <summary>When the forum was founded.</summary>
    public DateTimeOffset FoundedAt { get; init; } = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>How long people have written since then; posts are spread over it. Default 180 days.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromDays(180);
}
