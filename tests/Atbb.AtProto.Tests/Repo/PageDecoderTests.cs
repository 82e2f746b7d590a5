using System.Text;
using System.Text.Json;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Tests.Fakes;

namespace Atbb.AtProto.Tests.Repo;

public sealed class PageDecoderTests
{
    static readonly string Uri = $"at://{Example.Did}/{Example.Post}/3jzfcijpj2z2a";

    [Fact]
    public void Decode_Page_CutsOutEachRecord()
    {
        var (records, cursor) = Decode($$"""{"records":[{{Example.Item("a", """{ "text" : "x" }""")}},{{Example.Item("b", "{}")}}],"cursor":"b"}""");

        Assert.Equal("b", cursor);
        Assert.Equal(["a", "b"], records.Select(r => r.Rkey));
        Assert.Equal(["""{ "text" : "x" }""", "{}"], records.Select(r => Encoding.UTF8.GetString(r.Json.Span)));
        Assert.Equal($"at://{Example.Did}/{Example.Post}/a", records[0].Uri);
        Assert.All(records, r => Assert.Null(r.Fault));
        Assert.All(records, r => Assert.Equal(Example.Cid, r.Cid));
    }

    [Theory]
    [InlineData("""{"records":[]}""", null)]
    [InlineData("""{"records":[],"cursor":null}""", null)]
    [InlineData("""{"records":[],"cursor":""}""", null)]
    [InlineData("""{"cursor":"x","records":[]}""", "x")]
    [InlineData("""{"extra":{"records":1,"cursor":"no"},"records":[],"more":[1,[2]],"cursor":"x"}""", "x")]
    [InlineData(""" {"records":[],"cursor":"aA"} """, "aA")]
    [InlineData("""{"\ud800":1,"records":[],"c\u0075rsor":"x"}""", "x")]
    public void Decode_EmptyPage_GivesCursor(string body, string? cursor)
    {
        var page = Decode(body);

        Assert.Empty(page.Records);
        Assert.Equal(cursor, page.Cursor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("{}")]
    [InlineData("""{"cursor":"x"}""")]
    [InlineData("""{"records":null}""")]
    [InlineData("""{"records":{}}""")]
    [InlineData("""{"records":[""")]
    [InlineData("""{"records":[]""")]
    [InlineData("""{"records":[]} trailing""")]
    [InlineData("""{"records":[],"cursor":7}""")]
    [InlineData("""{"records":[],"cursor":"\ud800"}""")]
    [InlineData("""{"records":[{"uri":"at://x"]}""")]
    [InlineData("""{"records":[],"records":[]}""")]
    [InlineData("""{"records":[],"cursor":"a\u0000b"}""")]
    [InlineData("""{"records":[],"cursor":"a\nb"}""")]
    [InlineData("""{"records":[],"cursor":"a\u202eb"}""")]
    public void Decode_NotAPage_Throws(string body) => Assert.ThrowsAny<JsonException>(() => Decode(body));

    [Theory]
    [InlineData(1_024, true)]
    [InlineData(1_025, false)]
    public void Decode_LongCursor_IsNoCursorPastTheLongest(int length, bool valid)
    {
        var body = $$"""{"records":[],"cursor":"{{new string('c', length)}}"}""";

        if (valid)
            Assert.Equal(length, Decode(body).Cursor!.Length);
        else
            Assert.Throws<JsonException>(() => Decode(body));
    }

    [Fact]
    public void Decode_MoreItemsThanAnyPageHas_Throws() =>
        Assert.Throws<JsonException>(() => Decode($$"""{"records":[0{{string.Concat(Enumerable.Repeat(",0", 10_000))}}]}"""));

    public static TheoryData<string, string, string> FaultyItems => new()
    {
        { "7", "not an object", "" },
        { "null", "not an object", "" },
        { "[{}]", "not an object", "" },
        { "{}", "no URI", "" },
        { """{"cid":"CID","value":{}}""", "no URI", "" },
        { """{"uri":7,"cid":"CID","value":{}}""", "no URI", "" },
        { """{"uri":"\ud800","cid":"CID","value":{}}""", "no URI", "" },
        { """{"uri":"nonsense","cid":"CID","value":{}}""", "not the AT-URI", "" },
        { """{"uri":"at://did:plc:other/space.atbb.post/k","cid":"CID","value":{}}""", "another repository", "" },
        { """{"uri":"at://DID/space.atbb.postscript/k","cid":"CID","value":{}}""", "another repository", "" },
        { """{"uri":"REPO/","cid":"CID","value":{}}""", "not a record key", "" },
        { """{"uri":"REPO/a b","cid":"CID","value":{}}""", "not a record key", "" },
        { """{"uri":"REPO/..","cid":"CID","value":{}}""", "not a record key", "" },
        { """{"uri":"REPO/3jzfcijpj2z2a","value":{}}""", "no CID", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":null,"value":{}}""", "no CID", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":"bafy","value":{}}""", "not a valid one", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":"CID"}""", "no value", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":"CID","value":null}""", "no value", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":"CID","value":[1,{"a":2}]}""", "no value", "3jzfcijpj2z2a" },
        { """{"uri":"REPO/3jzfcijpj2z2a","cid":"CID","value":"text"}""", "no value", "3jzfcijpj2z2a" },
    };

    [Theory]
    [MemberData(nameof(FaultyItems))]
    public void Decode_FaultyItem_CostsItselfAlone(string item, string fault, string rkey)
    {
        item = item
            .Replace("CID", Example.Cid, StringComparison.Ordinal)
            .Replace("REPO", $"at://{Example.Did}/{Example.Post}", StringComparison.Ordinal)
            .Replace("DID", Example.Did.Value, StringComparison.Ordinal);

        var (records, _) = Decode($$"""{"records":[{{Example.Item("before")}},{{item}},{{Example.Item("zafter")}}]}""");

        Assert.Equal(["before", rkey, "zafter"], records.Select(r => r.Rkey));
        Assert.Null(records[0].Fault);
        Assert.Contains(fault, records[1].Fault, StringComparison.Ordinal);
        Assert.Null(records[2].Fault);
    }

    [Fact]
    public void Decode_ItemWithOtherFieldsInAnyOrder_IsUsable()
    {
        var item = $$"""{"x":{"uri":"no"},"value":{"uri":"inner","cid":"inner"},"y":[[]],"cid":"{{Example.Cid}}","z":null,"uri":"{{Uri}}"}""";

        var record = Assert.Single(Decode($$"""{"records":[{{item}}]}""").Records);

        Assert.Null(record.Fault);
        Assert.Equal(Uri, record.Uri);
        Assert.Equal("""{"uri":"inner","cid":"inner"}""", Encoding.UTF8.GetString(record.Json.Span));
    }

    [Theory]
    [InlineData("""{"text":"\ud800 lone"}""")]
    [InlineData("""{"text":"\u0000"}""")]
    [InlineData("""{"\udfff":1}""")]
    [InlineData("""{"n":123456789012345678901234567890.5e400}""")]
    public void Decode_OddRecord_IsCutOutAsItIs(string value)
    {
        var record = Assert.Single(Decode($$"""{"records":[{{Example.Item("a", value)}}]}""").Records);

        Assert.Null(record.Fault);
        Assert.Equal(value, Encoding.UTF8.GetString(record.Json.Span));
    }

    [Fact]
    public void Decode_InvalidUtf8InRecord_IsCutOutAsItIs()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"records":[{{Example.Item("a", """{"text":"@@"}""")}}]}""");
        body.AsSpan().Replace((byte)'@', (byte)0xFF);

        var record = Assert.Single(PageDecoder.Decode(body, Example.Did, Example.Post).Records);

        Assert.Null(record.Fault);
        Assert.Equal(2, record.Json.Span.Count((byte)0xFF));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(100_000)]
    public void Decode_DeeplyNestedRecord_DoesNotSpoilThePage(int depth)
    {
        var value = $$"""{"a":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        var (records, _) = Decode($$"""{"records":[{{Example.Item("a", value)}},{{Example.Item("b")}}]}""");

        Assert.Equal(2, records.Count);
        Assert.Equal(value.Length, records[0].Json.Length);
    }

    static (List<ListedRecord> Records, string? Cursor) Decode(string body) =>
        PageDecoder.Decode(Encoding.UTF8.GetBytes(body), Example.Did, Example.Post);
}
