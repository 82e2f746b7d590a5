using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Atbb.Indexing.Collections;

/// <summary>
/// Tells the numbers that PostgreSQL's <c>jsonb</c> cannot hold, which keeps each as a <c>numeric</c>. As exact as the database: what it takes must never be called
/// unstorable. Source: <c>set_var_from_str</c> and <c>make_result</c> in https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/numeric.c
/// </summary>
static class StorableNumber
{
    // The weight of the first digit is a 16-bit number, in groups of four digits.
    const int MaxDigitsBefore = 131_072;

    // The scale has 14 bits. Zeros at the end count, and so do those of a number that is zero.
    const int MaxDigitsAfter = 16_383;

    // Half of what an int holds; beyond it not even zero is taken. Releases before 16 refuse this very exponent, too.
    const int MaxExponent = int.MaxValue / 2;

    const int MaxShown = 64;

    /// <summary>The first number of a JSON text that the database cannot hold, cut to what can be shown; null where it can hold all of them.</summary>
    public static string? FindUnstorable(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.Number && !IsStorable(reader.ValueSpan))
                return Shown(reader.ValueSpan);
        return null;
    }

    /// <summary>Whether the database can hold a number, as JSON writes it.</summary>
    public static bool IsStorable(ReadOnlySpan<byte> number)
    {
        var mark = number.IndexOfAny((byte)'e', (byte)'E');
        var exponent = 0L;
        if (mark >= 0 && !TryReadExponent(number[(mark + 1)..], out exponent))
            return false;

        var mantissa = (mark < 0 ? number : number[..mark]).TrimStart((byte)'-');
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? [] : mantissa[(point + 1)..];
        return fraction.Length - exponent <= MaxDigitsAfter && (DigitsBefore(whole, fraction) is not { } before || before + exponent <= MaxDigitsBefore);
    }

    // It has as many digits as its author likes: what no long holds is beyond the bound as well.
    static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) && exponent is >= -MaxExponent and <= MaxExponent;

    // From the first that is not zero on: 0.001e131074 has one digit more than 131,071. Below zero where the point is followed by zeros, null where there is nothing else.
    static int? DigitsBefore(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction)
    {
        if (whole.IndexOfAnyExcept((byte)'0') is >= 0 and var first)
            return whole.Length - first;
        return fraction.IndexOfAnyExcept((byte)'0') is >= 0 and var zeros ? -zeros : null;
    }

    static string Shown(ReadOnlySpan<byte> number) =>
        number.Length <= MaxShown ? Encoding.ASCII.GetString(number) : $"{Encoding.ASCII.GetString(number[..MaxShown])}…";
}
