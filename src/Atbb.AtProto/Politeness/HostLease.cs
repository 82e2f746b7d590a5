namespace Atbb.AtProto.Politeness;

/// <summary>One request's turn at a host, until the answer has been read.</summary>
readonly struct HostLease(HostGates gates, HostGate gate, Uri origin, HostTurn turn) : IDisposable
{
    /// <summary>The host answered that it wants to be left alone, for so long or without saying how long: nobody asks it anything until then.</summary>
    public void Pause(TimeSpan? asked) => gates.Pause(gate, origin, asked);

    /// <summary>How long to stay away where the host has asked for so long: not past the moment from which on nobody waits for it.</summary>
    public TimeSpan WaitIn(TimeSpan asked) => gate.WaitIn(asked);

    /// <summary>Whether the host has refused everything for so long that nobody should wait for it.</summary>
    public bool IsGivenUp => gate.IsGivenUp;

    /// <summary>The host began to answer, otherwise than by asking for a pause, and said what is left of its allowance, or nothing of it.</summary>
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
