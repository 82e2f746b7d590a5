using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Atbb.AtProto.Syntax;

/// <summary>
/// A timestamp identifier: 13 characters of base32-sortable that hold microseconds and a clock's number. Revs are TIDs, and most
/// record keys. Source: https://atproto.com/specs/tid
/// </summary>
public readonly record struct Tid : IComparable<Tid>
{
    /// <summary>Characters of every TID.</summary>
    public const int Length = 13;

    const string Alphabet = "234567abcdefghijklmnopqrstuvwxyz";
    static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);
    const int ClockBits = 10;

    Tid(string value) => Value = value;

    /// <summary>The identifier.</summary>
    public string Value { get; }

    /// <summary>The number that it spells: as many bits as it takes to keep many of them.</summary>
    public ulong Bits
    {
        get
        {
            ulong bits = 0;
            foreach (var c in Value)
                bits = (bits << 5) | (uint)Alphabet.IndexOf(c);
            return bits;
        }
    }

    /// <summary>The time it holds.</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks((long)(Bits >> ClockBits) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The identifier that a number is spelt as.</summary>
    public static Tid FromBits(ulong bits) => new(string.Create(Length, bits, static (chars, bits) =>
    {
        for (var i = Length - 1; i >= 0; i--, bits >>= 5)
            chars[i] = Alphabet[(int)(bits & 31)];
    }));

    /// <summary>The identifier of a moment.</summary>
    /// <param name="time">Kept to the microsecond; not before 1970.</param>
    /// <param name="clock">Tells apart clocks that tick in the same microsecond, 0 to 1023.</param>
    public static Tid FromTime(DateTimeOffset time, int clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, DateTimeOffset.UnixEpoch);
        ArgumentOutOfRangeException.ThrowIfNegative(clock);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clock, 1 << ClockBits);

        return FromBits(((ulong)((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) << ClockBits) | (uint)clock);
    }

    /// <summary>Reads a TID, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Tid tid)
    {
        var valid = text is { Length: Length } && text[0] <= 'j' && text.AsSpan().IndexOfAnyExcept(Characters) < 0;
        tid = valid ? new Tid(text!) : default;
        return valid;
    }

    /// <summary>Reads a TID.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Tid Parse(string text) =>
        TryParse(text, out var tid) ? tid : throw new FormatException($"'{text}' is not a TID (13 characters of 234567a-z).");

    /// <summary>By time.</summary>
    public int CompareTo(Tid other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";

    /// <summary>Whether <paramref name="a"/> is older than <paramref name="b"/>.</summary>
    public static bool operator <(Tid a, Tid b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> is newer than <paramref name="b"/>.</summary>
    public static bool operator >(Tid a, Tid b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> is not newer than <paramref name="b"/>.</summary>
    public static bool operator <=(Tid a, Tid b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> is not older than <paramref name="b"/>.</summary>
    public static bool operator >=(Tid a, Tid b) => a.CompareTo(b) >= 0;
}
