using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Atbb.Indexing.Collections;

/// <summary>
/// Makes text such as either database takes. PostgreSQL refuses U+0000 and broken surrogates, and would refuse the whole page with them;
/// they become U+FFFD, as a browser would show them.
/// </summary>
static class StorableText
{
    static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>The text with what cannot be stored replaced; the same instance when there is nothing to replace.</summary>
    public static string? Of(string? text)
    {
        if (text is null || (!text.Contains('\0') && !HasLoneSurrogate(text)))
            return text;

        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            builder.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return builder.ToString();
    }

    /// <summary>The JSON with what cannot be stored replaced, raw or escaped; the same memory when there is nothing to replace.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
        var source = json.Span;
        if (source.IndexOf((byte)0) < 0 && source.IndexOf("\\u"u8) < 0 && Utf8.IsValid(source))
            return json;

        var target = new ArrayBufferWriter<byte>(source.Length + 16);
        var changed = false;
        for (var at = 0; at < source.Length;)
        {
            if (source[at] == '\\' && at + 1 < source.Length)
            {
                at += CopyEscape(source[at..], target, ref changed);
            }
            else if (source[at] == 0)
            {
                target.Write(Replacement);
                changed = true;
                at++;
            }
            else
            {
                var status = Rune.DecodeFromUtf8(source[at..], out _, out var length);
                target.Write(status == OperationStatus.Done ? source.Slice(at, length) : Replacement);
                changed |= status != OperationStatus.Done;
                at += length;
            }
        }

        return changed ? target.WrittenMemory : json;
    }

    // Copies one escape, or a pair of them that makes one character, and says how many bytes it read.
    static int CopyEscape(ReadOnlySpan<byte> source, ArrayBufferWriter<byte> target, ref bool changed)
    {
        if (source[1] != 'u' || !TryReadUnit(source, out var unit))
        {
            target.Write(source[..2]);
            return 2;
        }

        if (char.IsHighSurrogate(unit) && TryReadUnit(source[6..], out var low) && char.IsLowSurrogate(low))
        {
            target.Write(source[..12]);
            return 12;
        }

        var storable = unit != 0 && !char.IsSurrogate(unit);
        target.Write(storable ? source[..6] : Replacement);
        changed |= !storable;
        return 6;
    }

    static bool TryReadUnit(ReadOnlySpan<byte> source, out char unit)
    {
        unit = default;
        if (source.Length < 6 || source[0] != '\\' || source[1] != 'u'
            || !ushort.TryParse(source[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }

    static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return true;
            i++;
        }

        return false;
    }
}
