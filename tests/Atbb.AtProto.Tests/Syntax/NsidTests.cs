using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class NsidTests
{
    [Theory]
    [InlineData("space.atbb.post")]
    [InlineData("space.atbb.forum.forum")]
    [InlineData("com.example.fooBar")]
    [InlineData("com.example.fooBarV2")]
    [InlineData("net.users.bob.ping")]
    [InlineData("a.b.c")]
    [InlineData("m.xn--masekowski-d0b.pl")]
    [InlineData("one.two.three")]
    [InlineData("one.2.three")]
    [InlineData("a-0.b-1.c")]
    [InlineData("a0.b1.cc")]
    [InlineData("cn.8.lex.stuff")]
    [InlineData("test.12345.record")]
    [InlineData("a01.thing.record")]
    [InlineData("onion.expyuzz4wqqyqhjn.spec.getThing")]
    public void TryParse_Valid_Accepts(string text) => Assert.True(Nsid.TryParse(text, out var nsid) && nsid.ToString() == text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("com")]
    [InlineData("com.example")]
    [InlineData("com.example.foo.*")]
    [InlineData("com.example.foo.blah*")]
    [InlineData("com.example.foo/bar")]
    [InlineData("com.exa💩ple.thing")]
    [InlineData("com.example-.foo")]
    [InlineData("com.-example.foo")]
    [InlineData("com.example.0foo")]
    [InlineData("com.example.foo-bar")]
    [InlineData("com.example.3")]
    [InlineData("a.0.0")]
    [InlineData("1.0.0.127.record")]
    [InlineData("0two.example.foo")]
    [InlineData(".one.two.three")]
    [InlineData("one.two.three.")]
    [InlineData("one.two..three")]
    [InlineData("one .two.three")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(Nsid.TryParse(text, out _));

    [Theory]
    [InlineData(63, 63, true)]
    [InlineData(64, 63, false)]
    [InlineData(63, 64, false)]
    public void TryParse_SegmentLength_IsBounded(int domain, int name, bool valid) =>
        Assert.Equal(valid, Nsid.TryParse($"com.{new string('o', domain)}.{new string('n', name)}", out _));

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void TryParse_AuthorityLength_IsBounded(int segments, bool valid) =>
        Assert.Equal(valid, Nsid.TryParse($"com{string.Concat(Enumerable.Repeat(".midd", segments))}.foo", out _));
}
