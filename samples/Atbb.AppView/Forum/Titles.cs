namespace Atbb.AppView.Forum;

/// <summary>What a topic is called.</summary>
static class Titles
{
    const int Longest = 120;

    /// <summary>Its title or, where it has none, the first line of its text.</summary>
    public static string Of(string? title, string beginning)
    {
        var text = string.IsNullOrWhiteSpace(title) ? beginning.Trim().Split('\n', 2)[0] : title.Trim();
        return text.Length == 0 ? "(no title)" : text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
    }
}
