using Atbb.AppView.Forum;

namespace Atbb.AppView.Tests;

public sealed class StrangersTextTests
{
    const string Joiner = "\u200D";

    static string Marks(int count) => string.Concat(Enumerable.Repeat("\u0301", count));

    public static TheoryData<string, string> Texts { get; } = new()
    {
        { "", "" },
        { "Ça va ? 👩‍🚀 ที่นี่ שָׁלוֹם", "Ça va ? 👩‍🚀 ที่นี่ שָׁלוֹם" },
        { $"a{Marks(4)}b{Marks(4)}", $"a{Marks(4)}b{Marks(4)}" },
        { $"a{Marks(400)}b{Marks(5)} c", $"a{Marks(4)}b{Marks(4)} c" },
        { $"a{Marks(4)}{Joiner}{Marks(4)}", $"a{Marks(4)}{Joiner}" },
        // Of two UTF-16 units each.
        { "a" + string.Concat(Enumerable.Repeat("\U0001D17B", 9)) + "b", "a" + string.Concat(Enumerable.Repeat("\U0001D17B", 4)) + "b" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Tame_MarksInARow_LeavesFour(string text, string tamed) => Assert.Equal(tamed, StrangersText.Tame(text));

    [Theory]
    [InlineData(null, "Its text\nand more", "Its text")]
    [InlineData("", "\n \u200B\nIts text", "Its text")]
    [InlineData("\u200B\u200B", "Its text", "Its text")]
    [InlineData("\u0301\u0302", "Its text", "Its text")]
    [InlineData("\u3164", "Its text", "Its text")]
    [InlineData("\u2800", "\u00AD", "(no title)")]
    [InlineData(" ? ", "Its text", "?")]
    [InlineData("👍", "Its text", "👍")]
    [InlineData("½", "Its text", "½")]
    public void Title_WithNothingToBeSeen_IsNone(string? title, string beginning, string shown) => Assert.Equal(shown, Titles.Of(title, beginning));

    [Fact]
    public void Title_TooLong_IsCutBetweenCharacters() => Assert.Equal(new string('a', 119) + "…", Titles.Of(new string('a', 119) + "👍👍", ""));
}
