using System.Globalization;
using System.Text;

namespace Atbb.AtProto.Xrpc;

/// <summary>
/// Text that a stranger wrote, for an operator's eyes: in a log, on a terminal, in an error row. Line ends forge lines there, escape
/// sequences command terminals, and marks of writing direction make a line read as another.
/// </summary>
public static class ForeignText
{
    const int LongestShown = 1_000;

    /// <summary>The text with what could deceive replaced, and cut where it is too long to be read.</summary>
    public static string Shown(string text)
    {
        if (text.Length <= LongestShown && IsPlain(text))
            return text;

        var shown = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, LongestShown)).EnumerateRunes())
            shown.Append(IsPlain(rune) ? rune : Rune.ReplacementChar);
        return text.Length > LongestShown ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>Whether there is nothing in a text but what is written.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
            return true;

        foreach (var rune in text.EnumerateRunes())
            if (!IsPlain(rune))
                return false;
        return true;
    }

    // Half a surrogate pair is read as U+FFFD, which is plain; whoever stores the text deals with it.
    static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
