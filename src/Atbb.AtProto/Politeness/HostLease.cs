using System.Threading.RateLimiting;

namespace Atbb.AtProto.Politeness;

/// <summary>One request's turn at a host, until the answer has been read.</summary>
readonly struct HostLease(HostGates gates, HostGate gate, RateLimitLease? place) : IDisposable
{
    /// <summary>The host answered that it wants to be left alone, for so long or without saying how long: nobody asks it anything until then.</summary>
    public void Pause(TimeSpan? asked) => gate.Pause(asked);

    /// <summary>The host answered, and said what is left of its allowance, or nothing of it.</summary>
    public void Answered(RateAllowance? allowance) => gate.Answered(allowance);

    public void Dispose()
    {
        place?.Dispose();
        gates.Release(gate);
    }
}
