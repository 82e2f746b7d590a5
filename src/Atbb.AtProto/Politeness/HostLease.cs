namespace Atbb.AtProto.Politeness;

/// <summary>One request's turn at a host, until the answer has been read.</summary>
readonly struct HostLease(HostGates gates, HostGate gate) : IDisposable
{
    /// <summary>The host answered 429: nobody asks it anything until then.</summary>
    public void Pause(TimeSpan? length) => gate.Pause(length ?? gate.Options.DefaultPause);

    public void Dispose()
    {
        gate.Leave();
        gates.Release(gate);
    }
}
