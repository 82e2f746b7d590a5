using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Atbb.Sample;

/// <summary>What a PDS is about to answer: a status and a body in parts, which may be other objects' buffers.</summary>
sealed record PdsAnswer(int Status, string ContentType, IReadOnlyList<ReadOnlyMemory<byte>> Parts)
{
    // As express writes them.
    const string Json = "application/json; charset=utf-8";

    static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static PdsAnswer Ok(IReadOnlyList<ReadOnlyMemory<byte>> parts) => new(200, Json, parts);

    public static PdsAnswer Ok(JsonObject body) => Of(200, body);

    public static PdsAnswer Ok(string json) => new(200, Json, [System.Text.Encoding.UTF8.GetBytes(json)]);

    public static PdsAnswer Error(int status, string error, string message) =>
        Of(status, new JsonObject { ["error"] = error, ["message"] = message });

    public long Length => Parts.Sum(part => (long)part.Length);

    public byte[] Body()
    {
        var body = new byte[Length];
        var at = 0;
        foreach (var part in Parts)
        {
            part.Span.CopyTo(body.AsSpan(at));
            at += part.Length;
        }

        return body;
    }

    public static PdsAnswer Of(int status, JsonObject body) => new(status, Json, [JsonSerializer.SerializeToUtf8Bytes(body, Unescaped)]);
}
