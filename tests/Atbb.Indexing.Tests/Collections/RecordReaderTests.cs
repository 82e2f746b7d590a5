using System.Text;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class RecordReaderTests
{
    const string Did = "did:plc:alice";

    // What stands for DATE and FORUM in the cases below.
    static string Expand(string json) => json
        .Replace("DATE", """
            "createdAt":"2026-01-02T03:04:05Z"
            """, StringComparison.Ordinal)
        .Replace("FORUM", """
            {"uri":"at://did:plc:f/space.atbb.forum.forum/self","cid":"bafy"}
            """, StringComparison.Ordinal);

    static (RecordRow? Row, RecordFault? Fault) Read(string collection, string json, string rkey = "key")
    {
        RecordReader.TryRead(CollectionCatalog.Get(collection), Did, new SourceRecord("", rkey, "bafy", Encoding.UTF8.GetBytes(Expand(json))), new NamedRecords(), 1_000_000, out var row, out var fault);
        return (row, fault);
    }

    // The columns of a row as text: name=value, nulls left out.
    static string Columns(string collection, RecordRow row)
    {
        var fields = CollectionCatalog.Get(collection).Fields;
        return string.Join("; ", fields.Select((field, i) => (field.Column, Value: row.Values[i])).Where(column => column.Value is not null)
            .Select(column => $"{column.Column}={(column.Value is DateTime time ? time.ToString("O") : column.Value)}"));
    }

    [Theory]
    [InlineData("space.atbb.forum.forum", """{"name":"F","description":"D","other":{"a":[1,2.5,{"b":null}]}}""", "name=F; description=D")]
    [InlineData("space.atbb.forum.forum", """{"$type":"space.atbb.forum.forum","name":"F","description":null}""", "name=F")]
    [InlineData("space.atbb.forum.category", """{"name":"C","slug":"c","sortOrder":-3}""", "name=C; slug=c; sort_order=-3; forum_uri=at://did:plc:alice/space.atbb.forum.forum/self")]
    [InlineData("space.atbb.forum.board", """{"name":"B","sortOrder":9007199254740991}""", "name=B; sort_order=9007199254740991")]
    [InlineData("space.atbb.forum.board", """{"name":"B","category":{"category":{"cid":"x","uri":"at://did:plc:f/space.atbb.forum.category/c"}}}""", "name=B; category_uri=at://did:plc:f/space.atbb.forum.category/c")]
    [InlineData("space.atbb.forum.role", """{"name":"R","permissions":["a","b\"c"],"priority":10}""", """name=R; permissions=["a","b\u0022c"]; priority=10""")]
    [InlineData("space.atbb.forum.role", """{"name":"R"}""", "name=R; permissions=[]")]
    [InlineData("space.atbb.modAction", """{"action":"ban","subject":{"did":"did:plc:x"},"reason":"r","createdBy":"did:plc:m","expiresAt":"2027-01-01T00:00:00+02:00"}""", "action=ban; subject_did=did:plc:x; reason=r; created_by=did:plc:m; expires_at=2026-12-31T22:00:00.0000000Z")]
    [InlineData("space.atbb.modAction", """{"action":"hide","subject":{"post":{"uri":"at://did:plc:x/space.atbb.post/p"}}}""", "action=hide; subject_post_uri=at://did:plc:x/space.atbb.post/p")]
    [InlineData("space.atbb.membership", """{"forum":{"forum":FORUM},"joinedAt":"2026-01-01T00:00:00Z"}""", "forum_uri=at://did:plc:f/space.atbb.forum.forum/self; joined_at=2026-01-01T00:00:00.0000000Z")]
    [InlineData("space.atbb.membership", """{"forum":{"forum":FORUM},"role":{"role":{"uri":"at://did:plc:f/space.atbb.forum.role/r"}}}""", "forum_uri=at://did:plc:f/space.atbb.forum.forum/self; role_uri=at://did:plc:f/space.atbb.forum.role/r")]
    [InlineData("space.atbb.post", """{"text":"","title":"T",DATE,"forum":{"forum":FORUM},"board":{"board":{"uri":"at://did:plc:f/space.atbb.forum.board/b"}}}""", "title=T; text=; forum_uri=at://did:plc:f/space.atbb.forum.forum/self; board_uri=at://did:plc:f/space.atbb.forum.board/b")]
    [InlineData("space.atbb.post", """{"reply":{"parent":{"uri":"at://did:plc:f/space.atbb.post/p"},"root":{"uri":"at://did:plc:f/space.atbb.post/r"}},DATE,"text":"x"}""", "text=x; root_uri=at://did:plc:f/space.atbb.post/r; parent_uri=at://did:plc:f/space.atbb.post/p")]
    [InlineData("space.atbb.post", """{"text":"first","text":"last",DATE,"reply":null}""", "text=last")]
    public void TryRead_ValidRecord_FillsItsColumns(string collection, string json, string columns)
    {
        var (row, fault) = Read(collection, json);

        Assert.Null(fault);
        Assert.Equal(columns, Columns(collection, row!));
        Assert.Equal(Expand(json), Encoding.UTF8.GetString(row!.Json.Span));
        Assert.Equal($"at://{Did}/{collection}/key", row.Uri);
    }

    // References are looked up by it: what a stranger says in its place must not stand for another record.
    [Theory]
    [InlineData("at://did:plc:alice/space.atbb.forum.role/key")]
    [InlineData("at://did:plc:alice/space.atbb.forum.role/yek")]
    [InlineData("at://did:plc:mallo/space.atbb.forum.role/key")]
    [InlineData("at://did:plc:alice/space.atbb.forum.rule/key")]
    [InlineData("")]
    public void TryRead_WhateverTheSourceSaysOfTheAddress_IsItsRepositorysCollectionsAndKeys(string said)
    {
        var source = new SourceRecord(said, "key", "bafy", Encoding.UTF8.GetBytes("""{"name":"R"}"""));

        Assert.True(RecordReader.TryRead(CollectionCatalog.Get("space.atbb.forum.role"), Did, source, new NamedRecords(), 1_000_000, out var row, out _));

        Assert.Equal($"at://{Did}/space.atbb.forum.role/key", row.Uri);
    }

    [Fact]
    public void TryRead_AddressLongerThanMost_IsWhole()
    {
        var did = "did:web:" + new string('a', 300);
        var source = new SourceRecord("", "key", "bafy", Encoding.UTF8.GetBytes("""{"name":"R"}"""));

        Assert.True(RecordReader.TryRead(CollectionCatalog.Get("space.atbb.forum.role"), did, source, new NamedRecords(), 1_000_000, out var row, out _));

        Assert.Equal($"at://{did}/space.atbb.forum.role/key", row.Uri);
    }

    [Theory]
    [InlineData("space.atbb.forum.forum", "{}", "missing_field", "'name'")]
    [InlineData("space.atbb.forum.forum", """{"name":null}""", "missing_field", "'name'")]
    [InlineData("space.atbb.forum.forum", """{"name":5}""", "wrong_type_field", "'name' is a number")]
    [InlineData("space.atbb.forum.forum", """{"name":"F","$type":"space.atbb.post"}""", "wrong_record_type", "'space.atbb.post'")]
    [InlineData("space.atbb.forum.forum", """{"name":"F","$type":7}""", "wrong_record_type", "a number")]
    [InlineData("space.atbb.forum.forum", """{"name":"F","createdAt":"yesterday"}""", "bad_date", "yesterday")]
    [InlineData("space.atbb.forum.forum", """{"name":"F","createdAt":5}""", "wrong_type_field", "'createdAt'")]
    [InlineData("space.atbb.forum.category", """{"name":"C","sortOrder":1.5}""", "wrong_type_field", "'sortOrder'")]
    [InlineData("space.atbb.forum.category", """{"name":"C","sortOrder":9223372036854775808}""", "wrong_type_field", "'sortOrder'")]
    [InlineData("space.atbb.forum.category", """{"name":"C","sortOrder":"1"}""", "wrong_type_field", "'sortOrder' is a string")]
    [InlineData("space.atbb.forum.board", """{"name":"B","category":{"category":{"uri":"at://alice.example/c/x"}}}""", "bad_reference", "at://alice.example/c/x")]
    [InlineData("space.atbb.forum.board", """{"name":"B","category":{"category":"at://did:plc:f/space.atbb.forum.category/c"}}""", "bad_reference", "a string")]
    [InlineData("space.atbb.forum.board", """{"name":"B","category":{}}""", "bad_reference", "'category.category'")]
    [InlineData("space.atbb.forum.board", """{"name":"B","category":[]}""", "bad_reference", "'category' is an array")]
    [InlineData("space.atbb.forum.role", """{"name":"R","permissions":["a",1]}""", "wrong_type_field", "'permissions' holds a number")]
    [InlineData("space.atbb.forum.role", """{"name":"R","permissions":"all"}""", "wrong_type_field", "'permissions'")]
    [InlineData("space.atbb.modAction", """{"action":"ban"}""", "missing_field", "'subject.did' and 'subject.post'")]
    [InlineData("space.atbb.modAction", """{"action":"ban","subject":{}}""", "missing_field", "'subject.did' and 'subject.post'")]
    [InlineData("space.atbb.modAction", """{"action":"ban","subject":"did:plc:x"}""", "wrong_type_field", "'subject'")]
    [InlineData("space.atbb.modAction", """{"subject":{"did":"did:plc:x"}}""", "missing_field", "'action'")]
    [InlineData("space.atbb.modAction", """{"action":"ban","subject":{"did":"did:plc:x"},"expiresAt":"never"}""", "bad_date", "'expiresAt'")]
    [InlineData("space.atbb.membership", "{}", "missing_field", "'forum.forum'")]
    [InlineData("space.atbb.membership", """{"forum":{"forum":{"cid":"x"}}}""", "bad_reference", "'forum.forum'")]
    [InlineData("space.atbb.membership", """{"forum":{"forum":{"uri":7}}}""", "bad_reference", "'forum.forum'")]
    [InlineData("space.atbb.post", """{"text":"x"}""", "missing_field", "'createdAt'")]
    [InlineData("space.atbb.post", """{ DATE }""", "missing_field", "'text'")]
    [InlineData("space.atbb.post", """{"text":"x","createdAt":"2026-01-01"}""", "bad_date", "2026-01-01")]
    [InlineData("space.atbb.post", """{"text":"x","createdAt":"+012026-01-01T00:00:00Z"}""", "bad_date", "'createdAt'")]
    [InlineData("space.atbb.post", """{"text":"x",DATE,"reply":{"root":{"uri":"at://did:plc:f/space.atbb.post/r"}}}""", "bad_reference", "'reply.parent'")]
    [InlineData("space.atbb.post", """{"text":{"a":1},DATE}""", "wrong_type_field", "'text' is an object")]
    [InlineData("space.atbb.post", "null", "bad_record", "not a JSON object")]
    [InlineData("space.atbb.post", "\"text\"", "bad_record", "not a JSON object")]
    [InlineData("space.atbb.post", """{"text":"x",DATE} {}""", "bad_record", "not JSON")]
    [InlineData("space.atbb.post", """{"text":"x",DATE""", "bad_record", "not JSON")]
    public void TryRead_InvalidRecord_SaysWhy(string collection, string json, string kind, string message)
    {
        var (row, fault) = Read(collection, json);

        Assert.Null(row);
        Assert.Equal(kind, fault!.Kind);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3jzfcijpj2z2a", "2023-06-30T23:42:58.2610390Z")]
    [InlineData("self", null)]
    public void TryRead_NoCreationDate_TakesTheKeysTime(string rkey, string? created)
    {
        var (row, _) = Read("space.atbb.forum.forum", """{"name":"F"}""", rkey);

        Assert.Equal(created is null, row!.CreatedAt is null);
        if (created is not null)
            Assert.Equal(Atbb.AtProto.Syntax.Tid.Parse(rkey).Time.UtcDateTime, row.CreatedAt);
    }

    [Theory]
    [InlineData("", "bafy")]
    [InlineData("a/b", "bafy")]
    [InlineData("a\0", "bafy")]
    [InlineData("key", "")]
    [InlineData("key", "ba\0fy")]
    public void TryRead_UnusableKeyOrCid_IsABadRecord(string rkey, string cid)
    {
        RecordReader.TryRead(CollectionCatalog.Get("space.atbb.forum.forum"), Did, new SourceRecord("", rkey, cid, """{"name":"F"}"""u8.ToArray()), new NamedRecords(), 1_000, out _, out var fault);

        Assert.Equal("bad_record", fault!.Kind);
    }

    [Fact]
    public void TryRead_ReferenceLongerThanAnIndexTakes_IsTooLarge()
    {
        var uri = $"at://did:web:{new string('x', 2040)}/space.atbb.forum.forum/{new string('k', 512)}";

        var (_, fault) = Read("space.atbb.membership", """{"forum":{"forum":{"uri":"URI"}}}""".Replace("URI", uri, StringComparison.Ordinal));

        Assert.Equal("too_large", fault!.Kind);
    }

    [Theory]
    [InlineData(250, null)]
    [InlineData(300, "too_deep")]
    public void TryRead_DeepRecord_IsReadOrRefused(int levels, string? kind)
    {
        var (_, fault) = Read("space.atbb.forum.forum", $$"""{"name":"F","x":{{new string('[', levels)}}{{new string(']', levels)}}}""");

        Assert.Equal(kind, fault?.Kind);
    }
}
