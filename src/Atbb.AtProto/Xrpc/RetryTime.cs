using System.Globalization;

namespace Atbb.AtProto.Xrpc;

/// <summary>When a server says that it may be asked again.</summary>
static class RetryTime
{
    // RateLimit-Reset is absolute on PDSes; the IETF's draft of the same name counts seconds from now. No clock shows a time before this one.
    const long FirstPlausibleUnixSecond = 1_000_000_000;
    const long FarthestUnixSecond = 253_402_300_799;

    /// <summary>Reads <c>Retry-After</c> (seconds or a date), else <c>RateLimit-Reset</c>; null when neither says anything of use.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="now">The present.</param>
    /// <param name="longest">The longest wait that is believed.</param>
    public static DateTimeOffset? Read(HttpResponseMessage response, DateTimeOffset now, TimeSpan longest)
    {
        var retryAfter = response.Headers.RetryAfter;
        var wait = retryAfter?.Delta ?? (retryAfter?.Date ?? ReadReset(response, now)) - now;
        return wait is not { } length ? null
            : length <= TimeSpan.Zero ? now
            : now + (length < longest ? length : longest);
    }

    static DateTimeOffset? ReadReset(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.TryGetValues("RateLimit-Reset", out var values)
            || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > FarthestUnixSecond)
        {
            return null;
        }

        return seconds >= FirstPlausibleUnixSecond ? DateTimeOffset.FromUnixTimeSeconds(seconds) : now.AddSeconds(seconds);
    }
}
