using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Xrpc;

/// <summary>When a server says that it may be asked again.</summary>
static class RetryTime
{
    /// <summary>Reads <c>Retry-After</c> (seconds or a date), else <c>RateLimit-Reset</c>; null when neither says anything of use.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="now">The present.</param>
    /// <param name="longest">The longest wait that is believed.</param>
    public static DateTimeOffset? Read(HttpResponseMessage response, DateTimeOffset now, TimeSpan longest)
    {
        var retryAfter = response.Headers.RetryAfter;
        var wait = retryAfter?.Delta
            ?? (retryAfter?.Date - RateAllowance.TheirNow(response, now))
            ?? RateAllowance.ReadResetIn(response, now);
        return wait is not { } length ? null
            : length <= TimeSpan.Zero ? now
            : now + (length < longest ? length : longest);
    }
}
