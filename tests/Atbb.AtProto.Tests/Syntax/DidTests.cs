using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class DidTests
{
    [Theory]
    [InlineData("did:method:val")]
    [InlineData("did:method:VAL")]
    [InlineData("did:method:val123")]
    [InlineData("did:method:123")]
    [InlineData("did:method:val-two")]
    [InlineData("did:method:val_two")]
    [InlineData("did:method:val.two")]
    [InlineData("did:method:val:two")]
    [InlineData("did:method:val%BB")]
    [InlineData("did:method::::val")]
    [InlineData("did:method:-")]
    [InlineData("did:m:v")]
    [InlineData("did:method:-:_:.:%ab")]
    [InlineData("did:onion:2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid")]
    [InlineData("did:plc:7iza6de2dwap2sbkpav7c6c6")]
    [InlineData("did:web:example.com")]
    [InlineData("did:web:localhost%3A1234")]
    [InlineData("did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N")]
    public void TryParse_Valid_Accepts(string text)
    {
        Assert.True(Did.TryParse(text, out var did));
        Assert.Equal(text, did.ToString());
        Assert.Equal(text, $"did:{did.Method}:{did.Id}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("did")]
    [InlineData("didmethodval")]
    [InlineData("method:did:val")]
    [InlineData("did:method:")]
    [InlineData("did::val")]
    [InlineData("did:method")]
    [InlineData("did:method:val:")]
    [InlineData("did:method:val%")]
    [InlineData("DID:method:val")]
    [InlineData("did:METHOD:val")]
    [InlineData("did:m123:val")]
    [InlineData("did:method:val/two")]
    [InlineData("did:method:val?two")]
    [InlineData("did:method:val#two")]
    [InlineData("did:method:val two")]
    [InlineData("did:method:válue")]
    [InlineData(" did:method:val")]
    [InlineData("did:method:val\n")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(Did.TryParse(text, out _));

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void TryParse_Length_IsBounded(int length, bool valid) =>
        Assert.Equal(valid, Did.TryParse("did:web:".PadRight(length, 'a'), out _));

    [Fact]
    public void Parse_Invalid_NamesTheText() =>
        Assert.Contains("'nobody'", Assert.Throws<FormatException>(() => Did.Parse("nobody")).Message, StringComparison.Ordinal);

    [Fact]
    public void CompareTo_UpperAndLowerCase_OrdersByBytes()
    {
        var upper = Did.Parse("did:web:B.example");
        var lower = Did.Parse("did:web:a.example");

        Assert.True(upper < lower);
        Assert.True(lower > upper);
        Assert.True(lower >= upper);
        Assert.False(lower <= upper);
    }

    [Theory]
    [InlineData("did:plc:z72i7hdynmk6r22z27h6tvur", true)]
    [InlineData("did:plc:z72i7hdynmk6r22z27h6tvu", false)]
    [InlineData("did:plc:z72i7hdynmk6r22z27h6tvurr", false)]
    [InlineData("did:plc:Z72i7hdynmk6r22z27h6tvur", false)]
    [InlineData("did:plc:172i7hdynmk6r22z27h6tvur", false)]
    [InlineData("did:web:forum.example", true)]
    [InlineData("did:web:forum.example:path", false)]
    [InlineData("did:web:localhost%3A80", false)]
    [InlineData("did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc", false)]
    public void IsOfAtProto_ByMethodAndForm_IsWhatAnAccountCanHave(string did, bool expected) => Assert.Equal(expected, Did.Parse(did).IsOfAtProto);
}
