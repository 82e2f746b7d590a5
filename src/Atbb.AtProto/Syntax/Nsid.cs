using System.Diagnostics.CodeAnalysis;

namespace Atbb.AtProto.Syntax;

/// <summary>The name of a lexicon, <c>reversed.domain.name</c>. Source: https://atproto.com/specs/nsid</summary>
public readonly record struct Nsid
{
    /// <summary>The specification's bound, in characters.</summary>
    public const int MaxLength = 317;

    const int MaxAuthorityLength = 253;
    const int MaxSegmentLength = 63;

    Nsid(string value) => Value = value;

    /// <summary>The whole name.</summary>
    public string Value { get; }

    /// <summary>Reads an NSID, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Nsid nsid)
    {
        var valid = IsValid(text);
        nsid = valid ? new Nsid(text!) : default;
        return valid;
    }

    /// <summary>Reads an NSID.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Nsid Parse(string text) =>
        TryParse(text, out var nsid) ? nsid : throw new FormatException($"'{text}' is not an NSID (reversed.domain.name).");

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";

    static bool IsValid([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length > MaxLength)
            return false;

        var lastDot = text.LastIndexOf('.');
        if (lastDot is < 0 or > MaxAuthorityLength || !IsName(text.AsSpan(lastDot + 1)))
            return false;

        var authority = text.AsSpan(0, lastDot);
        var segments = 0;
        foreach (var range in authority.Split('.'))
        {
            if (!IsDomainSegment(authority[range]))
                return false;
            segments++;
        }

        return segments >= 2 && char.IsAsciiLetter(authority[0]);
    }

    static bool IsDomainSegment(ReadOnlySpan<char> segment)
    {
        if (segment.Length is 0 or > MaxSegmentLength || segment[0] == '-' || segment[^1] == '-')
            return false;

        foreach (var c in segment)
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;

        return true;
    }

    static bool IsName(ReadOnlySpan<char> segment)
    {
        if (segment.Length is 0 or > MaxSegmentLength || !char.IsAsciiLetter(segment[0]))
            return false;

        foreach (var c in segment)
            if (!char.IsAsciiLetterOrDigit(c))
                return false;

        return true;
    }
}
