using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Atbb.AtProto.Syntax;

/// <summary>
/// A content identifier as the protocol writes it: CID v1 in lower-case base32 (<c>b…</c>), SHA-256, of DAG-CBOR (<c>bafyrei…</c>: records
/// and commits) or of raw bytes (<c>bafkrei…</c>: blobs). Source: https://atproto.com/specs/data-model#link-and-cid-formats
/// </summary>
public readonly record struct Cid
{
    // One character of multibase prefix and 36 bytes (version, codec, hash function, hash length, 32 bytes of hash) in base32.
    const int Length = 59;
    const string DagCborSha256 = "bafyrei";
    const string RawSha256 = "bafkrei";
    const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    Cid(string value) => Value = value;

    /// <summary>The identifier.</summary>
    public string Value { get; }

    /// <summary>Reads a CID, or says that it is none of the protocol's.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Cid cid)
    {
        var valid = text is { Length: Length }
            && (text.StartsWith(DagCborSha256, StringComparison.Ordinal) || text.StartsWith(RawSha256, StringComparison.Ordinal))
            && text.AsSpan(1).IndexOfAnyExcept(Characters) < 0
            // 58 characters hold 290 bits and the identifier has 288: the last two must be zero, or two texts would name one block.
            && (Alphabet.IndexOf(text[^1]) & 0b11) == 0;
        cid = valid ? new Cid(text!) : default;
        return valid;
    }

    /// <summary>Reads a CID.</summary>
    /// <exception cref="FormatException">It is none of the protocol's.</exception>
    public static Cid Parse(string text) =>
        TryParse(text, out var cid) ? cid : throw new FormatException($"'{text}' is not a CID (v1, base32, SHA-256 of DAG-CBOR or raw bytes).");

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}
