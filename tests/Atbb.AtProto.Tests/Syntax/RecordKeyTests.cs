using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class RecordKeyTests
{
    [Theory]
    [InlineData("self")]
    [InlineData("example.com")]
    [InlineData("~1.2-3_")]
    [InlineData("dHJ1ZQ")]
    [InlineData("_")]
    [InlineData("literal:self")]
    [InlineData("pre:fix")]
    [InlineData("3jzfcijpj2z2a")]
    [InlineData("...")]
    [InlineData(":")]
    [InlineData("-")]
    [InlineData("~")]
    [InlineData("UPPER-lower")]
    public void TryParse_Valid_Accepts(string text) => Assert.True(RecordKey.TryParse(text, out var rkey) && rkey.Value == text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("alpha/beta")]
    [InlineData("#extra")]
    [InlineData("@handle")]
    [InlineData("any space")]
    [InlineData("any+space")]
    [InlineData("number[3]")]
    [InlineData("number(3)")]
    [InlineData("\"quote\"")]
    [InlineData("dHJ1ZQ==")]
    [InlineData("ünïcode")]
    [InlineData("a%20b")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(RecordKey.TryParse(text, out _));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void TryParse_Length_IsBounded(int length, bool valid) => Assert.Equal(valid, RecordKey.TryParse(new string('o', length), out _));

    [Fact]
    public void Equals_OtherCase_IsAnotherKey() => Assert.NotEqual(RecordKey.Parse("self"), RecordKey.Parse("Self"));
}
