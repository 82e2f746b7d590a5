namespace Atbb.AtProto.Identity;

/// <summary>What a handle looks like: a host's name. Source: https://atproto.com/specs/handle</summary>
public static class Handle
{
    const int MaxLength = 253;
    const int MaxLabelLength = 63;

    /// <summary>Whether a text looks like a handle. Whose it is stays unsaid.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
            return false;

        var labels = 0;
        var last = default(Range);
        foreach (var range in text.Split('.'))
        {
            if (!IsLabel(text[range]))
                return false;
            labels++;
            last = range;
        }

        return labels >= 2 && char.IsAsciiLetter(text[last][0]);
    }

    static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-')
            return false;

        foreach (var c in label)
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;

        return true;
    }
}
