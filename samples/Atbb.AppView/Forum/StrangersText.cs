using System.Globalization;
using System.Text;

namespace Atbb.AppView.Forum;

/// <summary>What a stranger has written, made fit to stand among what others have.</summary>
static class StrangersText
{
    // Languages that stack marks do so by three or four; more of them paint over the lines around.
    const int MarksInARow = 4;

    // Letters and symbols by their category, and blank to the eye.
    const string Blanks = "\u115F\u1160\u2800\u3164\uFFA0";

    /// <summary>The text with no more marks on one letter than languages put there.</summary>
    public static string Tame(string text)
    {
        StringBuilder? tamed = null;
        var (marks, kept) = (0, 0);
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark:
                    marks++;
                    break;
                // A joiner is no letter to begin anew on.
                case UnicodeCategory.Format:
                    break;
                default:
                    marks = 0;
                    break;
            }

            if (marks > MarksInARow)
            {
                (tamed ??= new StringBuilder(text.Length)).Append(text, kept, i - kept);
                kept = i + length;
            }

            i += length;
        }

        return tamed is null ? text : tamed.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>Whether there is nothing in it to be seen: spaces, marks without a letter, characters without a width.</summary>
    public static bool IsBlank(string? text) => text is null || !text.EnumerateRunes().Any(rune => IsSeen(rune));

    /// <summary>Its beginning, of so many UTF-16 units at most and no half characters.</summary>
    public static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    static bool IsSeen(Rune rune) =>
        (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || Rune.IsSymbol(rune) || Rune.IsPunctuation(rune))
        && !(rune.IsBmp && Blanks.Contains((char)rune.Value, StringComparison.Ordinal));
}
