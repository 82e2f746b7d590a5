using System.Text.Json;
using Atbb.AtProto.Syntax;

namespace Atbb.Indexing.Collections;

/// <summary>
/// The records that those of one page name, each address read once: all name the same forum, most one of few boards, and a reply often names
/// its topic twice.
/// </summary>
sealed class NamedRecords
{
    // Longer than nearly all; a longer one is read each time.
    const int MaxLength = 256;

    readonly Dictionary<string, AtUri> uris = new(StringComparer.Ordinal);

    /// <summary>Reads the address at which a reader of JSON stands; null when it is none.</summary>
    /// <param name="reader">Stands at a string.</param>
    /// <param name="text">What stands there.</param>
    public AtUri? Read(ref Utf8JsonReader reader, out string text)
    {
        // Never longer in UTF-16 than in UTF-8, escaped or not.
        if (reader.ValueSpan.Length > MaxLength)
            return Parse(text = reader.GetString()!);

        Span<char> buffer = stackalloc char[MaxLength];
        var found = buffer[..reader.CopyString(buffer)];
        if (uris.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(found, out var known))
        {
            text = known.Value;
            return known;
        }

        var uri = Parse(text = found.ToString());
        if (uri is { } read)
            uris.Add(text, read);
        return uri;
    }

    static AtUri? Parse(string text) => AtUri.TryParse(text, out var uri) ? uri : null;
}
