using System.Text;
using System.Text.Json;

namespace Atbb.Testing.Databases;

/// <summary>One record as the index has it, or as a repository has it: equal when they agree.</summary>
/// <param name="Collection">The collection's NSID.</param>
/// <param name="Did">The repository.</param>
/// <param name="Rkey">The record key.</param>
/// <param name="Cid">The record's CID.</param>
/// <param name="Json">The record's JSON with its fields in order.</param>
public sealed record IndexedRow(string Collection, string Did, string Rkey, string Cid, string Json)
{
    /// <summary>A row from JSON in any order and spacing.</summary>
    public static IndexedRow Of(string collection, string did, string rkey, string cid, string json) =>
        new(collection, did, rkey, cid, Normal(json));

    /// <summary>By collection, DID and key, each by bytes.</summary>
    public static IComparer<IndexedRow> ByKey { get; } = Comparer<IndexedRow>.Create(
        (a, b) => string.CompareOrdinal($"{a.Collection}/{a.Did}/{a.Rkey}", $"{b.Collection}/{b.Did}/{b.Rkey}"));

    // jsonb orders an object's fields its own way.
    static string Normal(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = 1_000 }))
            Write(document.RootElement, writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
