using System.Text.RegularExpressions;

namespace Atbb.AppView.Forum;

/// <summary>A part of a text, and whether it is a word that was looked for.</summary>
readonly record struct ExcerptPart(string Text, bool IsFound);

/// <summary>What a list shows of a post: its beginning or, where the first word that was looked for stands further on, what is around that.</summary>
static class Excerpt
{
    const int Longest = 200;

    public static IReadOnlyList<ExcerptPart> Of(string text, SearchWords words)
    {
        text = StrangersText.Tame(text).Trim();
        var start = StartOf(text, words.FindIn(text).FirstOrDefault());
        var end = EndOf(text, start);

        var parts = new List<ExcerptPart>();
        Add(start > 0 ? "…" : "", false);
        var shown = start;
        foreach (var word in words.FindIn(text).SkipWhile(word => word.Index < start).TakeWhile(word => word.Index + word.Length <= end))
        {
            Add(text[shown..word.Index], false);
            Add(word.Value, true);
            shown = word.Index + word.Length;
        }

        Add(text[shown..end], false);
        Add(end < text.Length ? "…" : "", false);
        return parts;

        void Add(string part, bool isFound)
        {
            if (part.Length > 0)
                parts.Add(new(part, isFound));
        }
    }

    static int StartOf(string text, Match? first)
    {
        if (first is null || first.Index + first.Length <= Longest * 3 / 4)
            return 0;
        var start = first.Index - Math.Max(0, Longest - first.Length) / 2;
        // At a word's beginning, where there is one.
        var space = text.AsSpan(start, first.Index - start).IndexOfAny(' ', '\n');
        return space >= 0 ? start + space + 1 : char.IsLowSurrogate(text[start]) ? start + 1 : start;
    }

    static int EndOf(string text, int start)
    {
        if (text.Length - start <= Longest)
            return text.Length;
        // At a word's end, where there is one not too far back: the first word found stands before that.
        var space = text.AsSpan(start, Longest + 1).LastIndexOfAny(' ', '\n');
        return space > Longest * 3 / 4 ? start + space : start + StrangersText.Cut(text[start..], Longest).Length;
    }
}
