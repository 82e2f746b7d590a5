namespace Atbb.AtProto.Politeness;

/// <summary>One request's turn at a host, until the answer has been read.</summary>
readonly struct HostLease(HostGates gates, HostGate gate, Uri origin, HostTurn turn) : IDisposable
{
    /// <summary>The host answered that it wants to be left alone, for so long or without saying how long: nobody asks it anything until then.</summary>
    public void Pause(TimeSpan? asked) => gates.Pause(gate, origin, asked);

    /// <summary>The host began to answer, and said what is left of its allowance, or nothing of it.</summary>
    public void Answered(RateAllowance? allowance) => gate.Answered(allowance);

    /// <summary>The exchange has ended by itself: with a whole answer, or with a connection that could not be had or broke.</summary>
    public void Spoke() => gate.Spoke();

    /// <summary>The exchange did not end within its time.</summary>
    public void TimedOut() => gate.TimedOut(turn.SentAt);

    public void Dispose()
    {
        turn.Place?.GiveBack();
        gates.Leave(gate);
    }
}
