using System.Threading.RateLimiting;

namespace Atbb.AtProto.Politeness;

/// <summary>What a request has got from its host's gate.</summary>
/// <param name="Place">Its place among the requests under way, to be given back; null where places are not counted.</param>
/// <param name="ComeBackIn">Null when the turn has come; otherwise it comes too late, and this is when to try again.</param>
readonly record struct HostTurn(RateLimitLease? Place, TimeSpan? ComeBackIn)
{
    public static HostTurn TooLate(TimeSpan comeBackIn) => new(null, comeBackIn);
}
