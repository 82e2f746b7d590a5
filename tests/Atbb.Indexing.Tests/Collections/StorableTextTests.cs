using System.Text;
using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class StorableTextTests
{
    [Theory]
    [InlineData("""{"a":"b\u0041\n\"\\"}""", null)]
    [InlineData("""{"a":"\ud83d\ude00"}""", null)]
    [InlineData("""{"a":"\\u0000"}""", null)]
    [InlineData("""{"a":"\u0000"}""", """{"a":"�"}""")]
    [InlineData("""{"a":"\\\u0000"}""", """{"a":"\\�"}""")]
    [InlineData("""{"a":"\uD800x"}""", """{"a":"�x"}""")]
    [InlineData("""{"a":"\uDC00\uD800"}""", """{"a":"��"}""")]
    [InlineData("""{"a":"\uD800\uD83D\uDE00"}""", """{"a":"�\uD83D\uDE00"}""")]
    [InlineData("""{"a":"\u00"}""", null)]
    [InlineData("""{"a":"\""", null)]
    public void Of_Json_ReplacesWhatNoDatabaseTakes(string json, string? expected)
    {
        var bytes = (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json);

        var result = StorableText.Of(bytes);

        Assert.Equal(expected ?? json, Encoding.UTF8.GetString(result.Span));
        Assert.Equal(expected is null, result.Equals(bytes));
    }

    [Fact]
    public void Of_JsonWithRawNulAndBrokenUtf8_ReplacesEach()
    {
        // NUL, a surrogate in UTF-8, and half a character.
        byte[] json = [.. "\"a"u8, 0, 0xED, 0xA0, 0x80, 0xC3, .. "b\""u8];

        var text = Encoding.UTF8.GetString(StorableText.Of(json).Span);

        Assert.Equal("\"ab\"", text.Replace("\uFFFD", "", StringComparison.Ordinal));
        Assert.Contains('\uFFFD', text);
        Assert.DoesNotContain('\0', text);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("plain \U0001F600", "plain \U0001F600")]
    [InlineData("a\0b", "a\uFFFDb")]
    public void Of_Text_ReplacesNul(string? text, string? expected) => Assert.Equal(expected, StorableText.Of(text));

    [Fact]
    public void Of_TextWithLoneSurrogates_ReplacesThem() => Assert.Equal("\uFFFDa\uFFFD", StorableText.Of("\ud800a" + '\udc00'));
}
