using Atbb.AppView.Forum;

namespace Atbb.AppView.Tests;

public sealed class ExcerptTests
{
    static string Filler(int words) => string.Concat(Enumerable.Repeat("filler ", words));

    static string Show(string text, string query) =>
        string.Concat(Excerpt.Of(text, SearchWords.Of(query)).Select(part => part.IsFound ? $"[{part.Text}]" : part.Text));

    [Theory]
    [InlineData("Bread and butter.", "", "Bread and butter.")]
    [InlineData("Bread, BREAD and breadth.", "bread", "[Bread], [BREAD] and breadth.")]
    [InlineData("Un café <b>noir</b>", "CAFÉ b", "Un [café] <[b]>noir</[b]>")]
    [InlineData("Nothing of it", "bread", "Nothing of it")]
    [InlineData("", "bread", "")]
    public void Of_ShortText_IsWholeWithItsWordsMarked(string text, string query, string shown) => Assert.Equal(shown, Show(text, query));

    [Fact]
    public void Of_LongText_EndsAtAWordAndSaysSo()
    {
        Assert.Equal(Filler(28).TrimEnd() + "…", Show(Filler(100), ""));
        Assert.Equal(new string('w', 200) + "…", Show(new string('w', 300), ""));
        Assert.Equal(new string('w', 199) + "…", Show(new string('w', 199) + "👍👍", ""));
        Assert.Equal(new string('w', 200), Show(new string('w', 200), ""));
    }

    [Fact]
    public void Of_WordFurtherOn_IsInTheMiddle()
    {
        var shown = Show($"{Filler(100)}whetstone {Filler(100)}", "whetstone");

        Assert.StartsWith("…filler ", shown, StringComparison.Ordinal);
        Assert.EndsWith(" filler…", shown, StringComparison.Ordinal);
        Assert.InRange(shown.IndexOf("[whetstone]", StringComparison.Ordinal), 80, 105);
        Assert.InRange(shown.Length, 170, 204);
        // The last word of a text, and one that is longer than an excerpt.
        Assert.EndsWith(" filler [whetstone]", Show($"{Filler(100)}whetstone", "whetstone"), StringComparison.Ordinal);
        Assert.Equal("…" + new string('w', 200) + "…", Show(Filler(100) + new string('w', 300), new string('w', 300)));
    }
}
