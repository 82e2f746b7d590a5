using System.Globalization;

namespace Atbb.AtProto.Politeness;

/// <summary>What a host says is left of its allowance, in the <c>RateLimit-*</c> headers of any answer.</summary>
/// <param name="Remaining">Requests left.</param>
/// <param name="Limit">Requests in the whole window; null when it does not say.</param>
/// <param name="ResetIn">When the window ends.</param>
readonly record struct RateAllowance(long Remaining, long? Limit, TimeSpan ResetIn)
{
    // RateLimit-Reset is absolute on PDSes; the IETF's draft of the same name counts seconds from now. No clock shows a time before this one.
    const long FirstPlausibleUnixSecond = 1_000_000_000;
    const long FarthestUnixSecond = 253_402_300_799;

    /// <summary>Whether so little is left that it has to be made to last: a tenth, or anything when the whole is not known.</summary>
    public bool IsLow => Limit is not { } limit || Remaining <= limit / 10;

    /// <summary>Reads an answer's allowance; null when it names none, or nothing of use.</summary>
    public static RateAllowance? Read(HttpResponseMessage response, DateTimeOffset now) =>
        NumberIn(response, "RateLimit-Remaining") is { } remaining && ReadResetIn(response, now) is { } resetIn
            ? new(remaining, NumberIn(response, "RateLimit-Limit"), resetIn)
            : null;

    /// <summary>How long the window still lasts, by <c>RateLimit-Reset</c>; null when that says nothing of use.</summary>
    public static TimeSpan? ReadResetIn(HttpResponseMessage response, DateTimeOffset now) => NumberIn(response, "RateLimit-Reset") switch
    {
        null or > FarthestUnixSecond => null,
        >= FirstPlausibleUnixSecond and var second => DateTimeOffset.FromUnixTimeSeconds(second) - TheirNow(response, now),
        { } seconds => TimeSpan.FromSeconds(seconds),
    };

    /// <summary>The time by the server's clock, which is the one that its own points in time go by; by ours where it does not tell.</summary>
    public static DateTimeOffset TheirNow(HttpResponseMessage response, DateTimeOffset now) => response.Headers.Date ?? now;

    // Some write the policy behind the number: "100, 100;w=60".
    static long? NumberIn(HttpResponseMessage response, string header)
    {
        if (!response.Headers.NonValidated.TryGetValues(header, out var values))
            return null;

        var text = values.ToString().AsSpan();
        var end = text.IndexOfAny(',', ';');
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
