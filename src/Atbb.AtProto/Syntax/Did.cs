using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Atbb.AtProto.Identity;

namespace Atbb.AtProto.Syntax;

/// <summary>A decentralized identifier, <c>did:method:id</c>. Source: https://atproto.com/specs/did</summary>
public readonly record struct Did : IComparable<Did>
{
    /// <summary>The specification's bound, in characters.</summary>
    public const int MaxLength = 2048;

    const int PlcLength = 24;

    /// <summary>How long a did:plc is, in characters.</summary>
    public const int LengthOfPlc = 8 + PlcLength;

    static readonly SearchValues<char> Base32 = SearchValues.Create("abcdefghijklmnopqrstuvwxyz234567");

    Did(string value) => Value = value;

    /// <summary>The whole identifier.</summary>
    public string Value { get; }

    /// <summary>The method: <c>plc</c>, <c>web</c>, …</summary>
    public ReadOnlySpan<char> Method => Value.AsSpan(4, Value.IndexOf(':', 4) - 4);

    /// <summary>What follows the method's colon.</summary>
    public ReadOnlySpan<char> Id => Value.AsSpan(Value.IndexOf(':', 4) + 1);

    /// <summary>
    /// Whether an account of the AT Protocol can have it: did:plc with its 24 characters of base32, or did:web with a host's name. Source:
    /// https://atproto.com/specs/did#blessed-did-methods
    /// </summary>
    public bool IsOfAtProto => Method switch
    {
        "plc" => Id.Length == PlcLength && !Id.ContainsAnyExcept(Base32),
        "web" => Handle.IsValid(Id.ToString()),
        _ => false,
    };

    /// <summary>Reads a DID, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Did did)
    {
        var valid = IsValid(text);
        did = valid ? new Did(text!) : default;
        return valid;
    }

    /// <summary>Reads a DID.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Did Parse(string text) =>
        TryParse(text, out var did) ? did : throw new FormatException($"'{text}' is not a DID (did:method:id).");

    /// <summary>By bytes, as the databases order them.</summary>
    public int CompareTo(Did other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";

    static bool IsValid([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length > MaxLength || !text.StartsWith("did:", StringComparison.Ordinal))
            return false;

        var methodEnd = text.IndexOf(':', 4);
        if (methodEnd <= 4 || methodEnd == text.Length - 1 || text[^1] is ':' or '%')
            return false;

        foreach (var c in text.AsSpan(4, methodEnd - 4))
            if (!char.IsAsciiLetterLower(c))
                return false;

        foreach (var c in text.AsSpan(methodEnd + 1))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '%' or '-'))
                return false;

        return true;
    }

    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static bool operator <(Did a, Did b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool operator >(Did a, Did b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> does not come after <paramref name="b"/>.</summary>
    public static bool operator <=(Did a, Did b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> does not come before <paramref name="b"/>.</summary>
    public static bool operator >=(Did a, Did b) => a.CompareTo(b) >= 0;
}
