using Atbb.AtProto.Syntax;

namespace Atbb.Sample.Tests;

public class DagCborTests
{
    // Expected values are those of the npm packages @ipld/dag-cbor and multiformats.
    [Theory]
    [InlineData("{}", "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua")]
    [InlineData("""{"text":"hello","$type":"space.atbb.post","createdAt":"2026-01-01T00:00:00.000Z"}""", "bafyreieu6pnhnftrj6bhbam2zn3yrakgr47v6k6e6qsosjozd7abawf2vm")]
    [InlineData("""{"b":1,"aa":2,"a":3,"ä":4,"zz":-1,"n":null,"t":true,"f":false}""", "bafyreibvesd7uzwimplk3kyelalf6mfu3b2s7a2zpcr5hdwvqn3nf5cfee")]
    [InlineData(
        """{"i":[0,23,24,255,256,65535,65536,4294967295,4294967296,9007199254740991,-1,-24,-25,-256,-257,-9007199254740991]}""",
        "bafyreiez5qewxwlxs3g3iscgjs2ef24riyzxyqgyg2kuuegc4nu2pqerva")]
    [InlineData("""{"text":"a\u0000b \ud83d\ude00 ü","list":[[],{},""]}""", "bafyreibfnerxnpjytxk7wmvw3g2hyacuyekkhqn2yz3v2oavpgf6vpdebu")]
    [InlineData(
        """{"link":{"$link":"bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae"}}""",
        "bafyreie5yzjepljrpmbv7y5vpplegc3uwlh6jiv72qlv3vkpa2cwgwx3w4")]
    [InlineData("""{"bytes":{"$bytes":"AQID/w"}}""", "bafyreicui5hcl4n7rpfe74gczaff6m3ayedjahgyono4xm47y4uxiarkca")]
    public void CidOf_Json_IsTheCidOfItsCanonicalEncoding(string json, string expected)
    {
        var cid = DagCbor.CidOf(System.Text.Encoding.UTF8.GetBytes(json));

        Assert.Equal(expected, cid);
        Assert.True(Cid.TryParse(cid, out _));
    }

    [Fact]
    public void CidOf_LoneSurrogate_IsThatOfTheReplacementCharacter() =>
        Assert.Equal(DagCbor.CidOf("""{"t":"a\ufffdb\ufffd😀"}"""u8), DagCbor.CidOf("""{"t":"a\ud83db\ude00\ud83d\ude00"}"""u8));

    [Fact]
    public void Encode_TwoHundredLevels_IsEncoded() =>
        Assert.Equal(200 + 1, DagCbor.Encode(System.Text.Encoding.UTF8.GetBytes(new string('[', 200) + "0" + new string(']', 200))).Length);
}
