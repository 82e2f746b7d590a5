namespace Atbb.AppView.Forum;

/// <summary>The forum, as every page names it.</summary>
public sealed record ForumName(string Name, string? Description)
{
    /// <summary>Before its record is in the index.</summary>
    public static ForumName Unknown { get; } = new("A forum", null);
}
