using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class AtUriTests
{
    [Theory]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/record")]
    [InlineData("at://did:web:example.com/space.atbb.post/3jzfcijpj2z2a")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/a")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/asdf-123")]
    [InlineData("at://did:abc:123/io.nsid.someFunc/record-key:with.all~of_it")]
    public void TryParse_Valid_GivesParts(string text)
    {
        Assert.True(AtUri.TryParse(text, out var uri));
        Assert.Equal(text, $"at://{uri.Did}/{uri.Collection}/{uri.Rkey}");
        Assert.Equal(text, new AtUri(uri.Did, uri.Collection, uri.Rkey).Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("at://")]
    [InlineData("a://did:plc:asdf123/com.atproto.feed.post/record")]
    [InlineData("At://did:plc:asdf123/com.atproto.feed.post/record")]
    [InlineData("at:/did:plc:asdf123/com.atproto.feed.post/record")]
    [InlineData("at://did:plc:asdf123")]
    [InlineData("at://did:plc:asdf123/")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/record/")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/record#frag")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/record?q=1")]
    [InlineData("at://did:plc:asdf123/short/record")]
    [InlineData("at://did:plc:asdf123//record")]
    [InlineData("at:///com.atproto.feed.post/record")]
    [InlineData("at://alice.example/com.atproto.feed.post/record")]
    [InlineData(" at://did:plc:asdf123/com.atproto.feed.post/record")]
    [InlineData("at://did:plc:asdf123/com.atproto.feed.post/.")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(AtUri.TryParse(text, out _));
}
