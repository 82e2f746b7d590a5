using System.Globalization;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>The ways in which a PDS or a directory does not answer as it should, each with its share of a thousand requests.</summary>
static class SoakFaults
{
    static readonly (int Share, string Name, Func<Random, PdsFault> Make)[] All =
    [
        (4, "429 without headers", _ => PdsFault.TooManyRequests()),
        (3, "429, Retry-After in seconds", _ => PdsFault.TooManyRequests(TimeSpan.FromSeconds(1))),
        (3, "429, Retry-After as a date, clock off", ClockOff),
        (3, "429, RateLimit-Reset, clock off", ResetByAnotherClock),
        (2, "429, RateLimit-Reset in the past or far ahead", random => PdsFault.TooManyRequests(reset: Now.AddHours(random.Next(2) == 0 ? -5 : 5))),
        (3, "503 with Retry-After", _ => PdsFault.Verbatim(503, "text/plain", "busy"u8.ToArray(), ("Retry-After", "1"))),
        (20, "502 in HTML", _ => PdsFault.Html(502)),
        (15, "500", _ => PdsFault.Error(500, "InternalServerError", "Internal Server Error")),
        (6, "hang", _ => PdsFault.Hang),
        (20, "reset", _ => PdsFault.Drop),
        (20, "half a body, then cut", _ => PdsFault.DropHalfway),
        (15, "half a body as if whole", _ => PdsFault.CutShort),
        (10, "no JSON", _ => PdsFault.Garbage),
        (15, "late", random => PdsFault.Late(TimeSpan.FromMilliseconds(random.Next(50, 400)))),
        (10, "dripping", _ => PdsFault.Drip(2_000, TimeSpan.FromMilliseconds(3))),
    ];

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A fault, or mostly none.</summary>
    public static (string Name, PdsFault Fault)? Draw(Random random)
    {
        var chance = random.Next(1_000);
        foreach (var (share, name, make) in All)
        {
            chance -= share;
            if (chance < 0)
                return (name, make(random));
        }

        return null;
    }

    static PdsFault ClockOff(Random random)
    {
        var clock = SomeClock(random);
        return Limited(("Date", Http(clock)), ("Retry-After", Http(clock.AddSeconds(1))));
    }

    static PdsFault ResetByAnotherClock(Random random)
    {
        var clock = SomeClock(random);
        return Limited(("Date", Http(clock)), ("RateLimit-Limit", "3000"), ("RateLimit-Remaining", "0"),
            ("RateLimit-Reset", clock.AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
    }

    // A host whose clock jumps: by up to two days, either way.
    static DateTimeOffset SomeClock(Random random) => Now.AddMinutes(random.Next(-2_880, 2_880));

    static PdsFault Limited(params (string Name, string Value)[] headers) =>
        PdsFault.Verbatim(429, "application/json", """{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}"""u8.ToArray(), headers);

    static string Http(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);
}
