using System.Text;
using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class NamedRecordsTests
{
    const string Topic = "at://did:plc:bob/space.atbb.post/3kabc";

    static AtUri? Read(NamedRecords named, string json, out string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return named.Read(ref reader, out text);
    }

    [Theory]
    [InlineData("\"" + Topic + "\"")]
    [InlineData("\"at:\\/\\/did:plc:bob\\/space.atbb.post\\/3kabc\"")]
    public void Read_AnAddressForTheSecondTime_GivesTheOneOfTheFirst(string again)
    {
        var named = new NamedRecords();
        var first = Read(named, $"\"{Topic}\"", out _);

        var second = Read(named, again, out var text);

        Assert.Equal(Topic, first?.Value);
        Assert.Same(first?.Value, second?.Value);
        Assert.Same(first?.Value, text);
    }

    [Fact]
    public void Read_AnotherAddress_IsNotTakenForTheFirst()
    {
        var named = new NamedRecords();
        Read(named, $"\"{Topic}\"", out _);

        Assert.Equal(Topic + "d", Read(named, $"\"{Topic}d\"", out _)?.Value);
    }

    [Theory]
    [InlineData("no address", 1)]
    [InlineData("at://did:plc:bob/space.atbb.post/", 1)]
    [InlineData("x", 300)]
    [InlineData("ä", 200)]
    public void Read_WhatIsNoAddress_GivesItsText(string piece, int times)
    {
        var written = string.Concat(Enumerable.Repeat(piece, times));

        Assert.Null(Read(new NamedRecords(), $"\"{written}\"", out var text));
        Assert.Equal(written, text);
    }

    [Fact]
    public void Read_AnAddressTooLongToBeKept_IsReadAllTheSame()
    {
        var address = "at://did:web:" + string.Join('.', Enumerable.Repeat("example", 30)) + "/space.atbb.post/3kabc";

        Assert.Equal(address, Read(new NamedRecords(), $"\"{address}\"", out _)?.Value);
    }
}
