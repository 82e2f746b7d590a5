using System.IO.Compression;

namespace Atbb.AtProto.Xrpc;

/// <summary>
/// How bodies are compressed on their way. Undone here and not by the HTTP handler, which would not say how much came in: some bytes can be
/// made to swell to any size, and any number of bytes to come to nothing.
/// </summary>
static class BodyEncoding
{
    /// <summary>The encodings asked for.</summary>
    public const string Accepted = "gzip, br";

    /// <summary>Whether a body has to be decompressed.</summary>
    public static bool IsCompressed(HttpContent content) => content.Headers.ContentEncoding is { Count: > 0 } names && !(names.Count == 1 && Is(names, "identity"));

    /// <summary>Decompresses a body.</summary>
    /// <exception cref="InvalidDataException">It is compressed in a way that was not asked for.</exception>
    public static Stream Decompress(HttpContent content, Stream body)
    {
        var names = content.Headers.ContentEncoding;
        return names.Count > 1 ? throw new InvalidDataException($"it is compressed {names.Count} times")
            : Is(names, "gzip") ? new GZipStream(body, CompressionMode.Decompress)
            : Is(names, "br") ? new BrotliStream(body, CompressionMode.Decompress)
            : throw new InvalidDataException($"'{names.First()}' was not asked for");
    }

    static bool Is(ICollection<string> names, string name) => names.First().Equals(name, StringComparison.OrdinalIgnoreCase);
}
