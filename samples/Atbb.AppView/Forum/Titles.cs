namespace Atbb.AppView.Forum;

/// <summary>What a topic is called.</summary>
static class Titles
{
    const int Longest = 120;

    /// <summary>Its title or, where there is none to be seen, the first line of its text.</summary>
    public static string Of(string? title, string beginning)
    {
        var text = StrangersText.IsBlank(title) ? beginning.Split('\n').FirstOrDefault(line => !StrangersText.IsBlank(line)) : title;
        if (text is null)
            return "(no title)";
        text = StrangersText.Tame(text.Trim());
        return text.Length <= Longest ? text : $"{StrangersText.Cut(text, Longest)}…";
    }
}
