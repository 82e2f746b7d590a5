using System.Diagnostics.CodeAnalysis;

namespace Atbb.AtProto.Syntax;

/// <summary>A record's key within its collection. Case-sensitive; often, but not always, a TID. Source: https://atproto.com/specs/record-key</summary>
public readonly record struct RecordKey
{
    /// <summary>The specification's bound, in characters.</summary>
    public const int MaxLength = 512;

    RecordKey(string value) => Value = value;

    /// <summary>The key.</summary>
    public string Value { get; }

    /// <summary>Reads a record key, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RecordKey rkey)
    {
        var valid = text is not null && IsValid(text);
        rkey = valid ? new RecordKey(text!) : default;
        return valid;
    }

    /// <summary>Reads a record key.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RecordKey Parse(string text) =>
        TryParse(text, out var rkey) ? rkey : throw new FormatException($"'{text}' is not a record key.");

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";

    internal static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || text is "." or "..")
            return false;

        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '~' or '-'))
                return false;

        return true;
    }
}
