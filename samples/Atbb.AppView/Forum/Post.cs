namespace Atbb.AppView.Forum;

/// <summary>A post, in its thread or in a list of posts of several.</summary>
public sealed class Post
{
    public long Id { get; init; }

    public string Did { get; init; } = "";

    public string? Handle { get; init; }

    public string Text { get; init; } = "";

    /// <summary>When it was written, as far as that can be believed.</summary>
    public DateTimeOffset ShownAt { get; init; }

    /// <summary>The post it answers, where that is shown, and is not the topic itself.</summary>
    public long? AnsweredId { get; init; }

    public string? AnsweredDid { get; init; }

    public string? AnsweredHandle { get; init; }

    /// <summary>The title of its topic; in lists.</summary>
    public string? ThreadTitle { get; init; }

    /// <summary>The beginning of its topic: what stands for a title that is missing.</summary>
    public string ThreadBeginning { get; init; } = "";
}
