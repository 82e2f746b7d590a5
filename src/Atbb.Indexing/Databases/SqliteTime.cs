using System.Globalization;

namespace Atbb.Indexing.Databases;

/// <summary>Times as text that sorts as they do: ISO 8601, UTC, six decimals.</summary>
static class SqliteTime
{
    const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Of(DateTime utc) => utc.ToString(Format, CultureInfo.InvariantCulture);

    public static string Of(DateTimeOffset time) => Of(time.UtcDateTime);

    public static DateTimeOffset Read(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
