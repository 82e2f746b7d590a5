using System.Globalization;

namespace Atbb.Indexing.Collections;

/// <summary>Dates as records write them: RFC 3339, with a time zone.</summary>
static class RecordDate
{
    const int SecondsEnd = 19;

    /// <summary>Reads a date to the microsecond, which is what the databases keep. False when it is none or out of their range.</summary>
    public static bool TryParse(string text, out DateTime utc)
    {
        utc = default;
        // yyyy-MM-ddTHH:mm:ss, a fraction of any length, then Z or ±HH:mm.
        if (text.Length <= SecondsEnd || text[10] is not ('T' or 't'))
            return false;

        var zone = SecondsEnd;
        if (text[SecondsEnd] == '.')
        {
            for (zone++; zone < text.Length && char.IsAsciiDigit(text[zone]);)
                zone++;
            if (zone == SecondsEnd + 1)
                return false;
        }

        if (!TryParseOffset(text.AsSpan(zone), out var offset)
            || !DateTime.TryParseExact(text.AsSpan(0, SecondsEnd), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            && !DateTime.TryParseExact(text.AsSpan(0, SecondsEnd), "yyyy-MM-dd't'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out local))
        {
            return false;
        }

        var micros = 0;
        for (var i = 0; i < 6; i++)
        {
            var at = SecondsEnd + 1 + i;
            micros = micros * 10 + (at < zone ? text[at] - '0' : 0);
        }

        var ticks = local.Ticks + micros * TimeSpan.TicksPerMicrosecond - offset.Ticks;
        // The very first moment is "minus infinity" to PostgreSQL's driver.
        if (ticks <= DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;

        utc = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    static bool TryParseOffset(ReadOnlySpan<char> zone, out TimeSpan offset)
    {
        offset = default;
        if (zone is "Z" or "z")
            return true;

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':'
            || !int.TryParse(zone[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > 23
            || !int.TryParse(zone[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes > 59)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (zone[0] == '-' ? -1 : 1);
        return true;
    }
}
