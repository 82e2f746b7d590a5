using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;

namespace Atbb.Benchmarks;

/// <summary>
/// The plain way to read, as a baseline: all of the JSON becomes a tree of objects, every text is copied out of it, and every address is read by itself.
/// </summary>
static class ObjectTree
{
    /// <summary>A page's records and its cursor.</summary>
    public static (List<(string Uri, string Rkey, string Cid, string Json)> Records, string? Cursor) Decode(ReadOnlyMemory<byte> body)
    {
        using var page = JsonDocument.Parse(body);
        var records = new List<(string, string, string, string)>();
        foreach (var item in page.RootElement.GetProperty("records").EnumerateArray())
        {
            var uri = AtUri.Parse(item.GetProperty("uri").GetString()!);
            var cid = Cid.Parse(item.GetProperty("cid").GetString()!);
            records.Add((uri.Value, uri.Rkey.Value, cid.Value, item.GetProperty("value").GetRawText()));
        }

        return (records, page.RootElement.TryGetProperty("cursor", out var cursor) ? cursor.GetString() : null);
    }

    /// <summary>A post's row.</summary>
    public static RecordRow Read(string did, SourceRecord record)
    {
        using var tree = JsonDocument.Parse(record.Json);
        var post = tree.RootElement;
        AtUri?[] targets = [Named(post, "forum", "forum"), Named(post, "board", "board"), Named(post, "reply", "root"), Named(post, "reply", "parent")];
        return new RecordRow(
            $"at://{did}/{SamplePage.Post}/{record.Rkey}",
            record.Rkey,
            record.Cid,
            record.Json,
            post.GetProperty("createdAt").GetDateTimeOffset().UtcDateTime,
            [post.TryGetProperty("title", out var title) ? title.GetString() : null, post.GetProperty("text").GetString(), .. targets.Select(target => target?.Value)],
            targets);
    }

    static AtUri? Named(JsonElement post, string group, string name) =>
        post.TryGetProperty(group, out var references) ? AtUri.Parse(references.GetProperty(name).GetProperty("uri").GetString()!) : null;
}
