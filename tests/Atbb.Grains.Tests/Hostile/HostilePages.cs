using System.Text;
using System.Text.Json.Nodes;
using Atbb.Sample;
using static Atbb.Grains.Tests.Hostile.IndexedRows;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>Pages of records, and what is in them.</summary>
static class HostilePages
{
    const string Cid = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";

    public static IEnumerable<HostileAnswer> All =>
    [
        // No page at all: nothing is concluded from it.
        new("a web page with status 200", Untouched, "unreachable") { Fault = Page(PdsFault.Html(200)) },
        new("bytes that are no JSON", Untouched, "unreachable") { Fault = Page(PdsFault.Garbage) },
        new("an empty body", Untouched, "unreachable") { Fault = Page(PdsFault.Json("")) },
        new("JSON that ends half way", Untouched, "unreachable") { Fault = Page(PdsFault.CutShort) },
        new("a list instead of an object", Untouched, "unreachable") { Fault = Page(PdsFault.Json("[]")) },
        new("no list of records", Untouched, "unreachable", "active") { Fault = Page(PdsFault.Json("{}")), Says = "no list of records" },
        new("records that are null", Untouched, "unreachable") { Fault = Page(PdsFault.Json("""{"records":null}""")) },
        new("two lists of records", Untouched, "unreachable") { Fault = Page(PdsFault.Rewritten(page => page[..^1] + ",\"records\":[]}")), Says = "two lists" },
        new("more behind the page's end", Untouched, "unreachable") { Fault = Page(PdsFault.Rewritten(page => page + "{}")) },
        new("ten thousand and one items", Untouched, "unreachable")
        {
            Fault = Page(PdsFault.Json($$"""{"records":[0{{string.Concat(Enumerable.Repeat(",0", 10_000))}}]}""")), Says = "10000",
        },
        new("a list nested a million deep", Untouched, "unreachable") { Fault = Page(PdsFault.Json(new string('[', 900_000))) },

        // Cursors.
        new("a cursor with a NUL", Untouched, "unreachable") { Fault = Edited(page => page["cursor"] = "a\0b"), Says = "control characters" },
        new("a cursor of half a megabyte", Untouched, "unreachable") { Fault = Edited(page => page["cursor"] = new string('c', 500_000)), Says = "500000 characters" },
        new("a cursor that is a number", Untouched, "unreachable") { Fault = Edited(page => page["cursor"] = 7), Says = "cursor" },
        new("an empty cursor", True) { Fault = Edited(page => page["cursor"] = "") },
        new("the same cursor for ever", True, "cursor_loop")
        {
            Fault = request => IsPage(request) ? PdsFault.Edited(page => page["cursor"] = "round") : null, Says = "'round'",
        },
        new("a cursor on a page without records", Untouched, "cursor_loop")
        {
            Fault = request => IsPage(request) ? PdsFault.Json("""{"records":[],"cursor":"on"}""") : null, Says = "without records",
        },

        // Order: a page that is out of it speaks for nothing but the records it has.
        new("records in no order", OnlyAdded, "unordered") { Fault = Edited(page => Swap(page, 0, 2)), Says = "not removed" },
        new("the same record twice", OnlyAdded, "unordered") { Fault = Edited(page => Items(page).Insert(1, Items(page)[0]!.DeepClone())) },
        new("newest first, though oldest first was asked for", True) { Fault = Edited(page => Reverse(page)) },

        // Items: each costs itself alone.
        new("an item that is null", OnlyAdded, "bad_record") { Fault = Added("null") },
        new("an item that is a number", OnlyAdded, "bad_record") { Fault = Added("7") },
        new("an item without a URI", OnlyAdded, "bad_record") { Fault = Added($$$"""{"cid":"{{{Cid}}}","value":{}}""") },
        new("a record of another repository", OnlyAdded, "bad_record") { Fault = Added(Item("at://did:plc:other/space.atbb.post/zzz")), Says = "another repository" },
        new("a record of another collection", OnlyAdded, "bad_record") { Fault = Added(Item("at://DID/space.atbb.forum.forum/zzz")), Says = "another repository or collection" },
        new("one of the account's own records under another's name", OnlyAdded, "bad_record")
        {
            Fault = Edited(page => Items(page)[0]!["uri"] = "at://did:plc:other/space.atbb.post/" + ((string)Items(page)[0]!["uri"]!).Split('/')[^1]), Says = "another repository",
        },
        new("a URI of the web", OnlyAdded, "bad_record") { Fault = Added(Item("https://evil.example/x")) },
        new("a record key that climbs", OnlyAdded, "bad_record") { Fault = Added(Item("at://DID/space.atbb.post/..")), Says = "not a record key" },
        new("a URI of 600,000 characters", OnlyAdded, "bad_record") { Fault = Added(Item("at://DID/space.atbb.post/" + new string('z', 600_000))) },
        new("a record without a CID", True, "bad_record") { Fault = Added("""{"uri":"at://DID/space.atbb.post/zzz","value":{}}""") },
        new("a CID of 600,000 characters", True, "bad_record") { Fault = Added(Item("at://DID/space.atbb.post/zzz", cid: new string('b', 600_000))) },
        new("a record without a value", True, "bad_record") { Fault = Added($$"""{"uri":"at://DID/space.atbb.post/zzz","cid":"{{Cid}}"}""") },
        new("a value that is a text", True, "bad_record") { Fault = Added(Item("at://DID/space.atbb.post/zzz", "\"x\"")) },
        new("a record of another type", True, "wrong_record_type") { Fault = Added(Item("at://DID/space.atbb.post/zzz", """{"$type":"app.bsky.feed.post","text":"x"}""")) },
        new("a record nested 200 deep", True) { Fault = WithField(Nested(200)) },
        new("a record nested 5,000 deep", True, "too_deep")
        {
            Fault = Added(Item("at://DID/space.atbb.post/zzz", """{"$type":"space.atbb.post","text":"x","x":""" + Nested(5_000) + "}")),
        },
        new("a text with NULs", True) { Fault = WithField("\"a\\u0000b\\u0000\"") },
        new("half a surrogate pair", True) { Fault = WithField("\"\\ud800\"") },
        new("half a surrogate pair in a field's name", True) { Fault = Page(PdsFault.Rewritten(page => page.Replace("{\"uri\"", "{\"\\ud800\":1,\"uri\"", StringComparison.Ordinal))) },
        new("bytes that are no UTF-8", True) { Fault = WithField("\"\u00ff\u00fe\u00c0\u0080\"") },
        new("a number beyond every type", True) { Fault = WithField("1e999999999") },
        new("an item that names its record twice", True)
        {
            Fault = Page(PdsFault.Rewritten(page => page.Replace("{\"uri\"", "{\"uri\":\"at://did:plc:other/a.b.c/d\",\"uri\"", StringComparison.Ordinal))),
        },
        new("a byte order mark", True) { Fault = Page(PdsFault.Rewritten(page => "\u00ef\u00bb\u00bf" + page)) },
    ];

    public static bool IsPage(PdsRequest request) => request.IsListing && request.Collection == ForumRecords.Post;

    /// <summary>Instead of the first page of posts.</summary>
    public static Func<PdsRequest, PdsFault?> Page(PdsFault fault) => request => IsPage(request) && request.Cursor is null ? fault : null;

    static Func<PdsRequest, PdsFault?> Edited(Action<JsonObject> edit) => Page(PdsFault.Edited(edit));

    /// <summary>One more item, behind all others.</summary>
    static Func<PdsRequest, PdsFault?> Added(string item) => request => IsPage(request) && request.Cursor is null
        ? PdsFault.Rewritten(page => page.Replace("}],\"cursor\"", "}," + item.Replace("DID", request.Did, StringComparison.Ordinal) + "],\"cursor\"", StringComparison.Ordinal))
        : null;

    /// <summary>One more field in each record.</summary>
    static Func<PdsRequest, PdsFault?> WithField(string value) =>
        Page(PdsFault.Rewritten(page => page.Replace("\"value\":{", $"\"value\":{{\"x\":{value},", StringComparison.Ordinal)));

    static string Item(string uri, string value = "{}", string cid = Cid) => new StringBuilder("{\"uri\":\"").Append(uri)
        .Append("\",\"cid\":\"").Append(cid).Append("\",\"value\":").Append(value).Append('}').ToString();

    static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    static JsonArray Items(JsonObject page) => page["records"]!.AsArray();

    static void Swap(JsonObject page, int a, int b)
    {
        var items = Items(page).Select(item => item!.DeepClone()).ToArray();
        (items[a], items[b]) = (items[b], items[a]);
        page["records"] = new JsonArray(items);
    }

    static void Reverse(JsonObject page)
    {
        page["records"] = new JsonArray([.. Items(page).Select(item => item!.DeepClone()).Reverse()]);
        page.Remove("cursor");
    }
}
