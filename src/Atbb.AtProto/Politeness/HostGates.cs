using System.Net;
using System.Threading.RateLimiting;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Politeness;

/// <summary>The gates of all hosts, shared by every repository that lives on them.</summary>
sealed class HostGates(AtProtoOptions options, SharedPoliteness shared, HostMetrics metrics, TimeProvider time) : IHostPauses, IHostStates, IDisposable
{
    const int FirstSweep = 1024;

    readonly Lock sync = new();
    readonly Dictionary<Uri, HostGate> gates = [];
    readonly Uri directory = new(options.PlcDirectory.GetLeftPart(UriPartial.Authority));
    readonly ConcurrencyLimiter trials = new(new() { PermitLimit = options.HostsOnTrial, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    int nextSweep = FirstSweep;

    /// <summary>Hosts remembered.</summary>
    public int Count
    {
        get
        {
            lock (sync)
                return gates.Count;
        }
    }

    /// <summary>Waits for the request's turn at its host.</summary>
    /// <exception cref="AtProtoException">
    /// The request was not sent. <see cref="AtProtoFailure.RateLimited"/> without a status: the turn would come too late; with one: the host
    /// refuses everything; <see cref="AtProtoFailure.TimedOut"/> without one: it does not answer.
    /// </exception>
    public async ValueTask<HostLease> EnterAsync(XrpcRequest request, CancellationToken cancellationToken)
    {
        var gate = Acquire(request.Origin);
        var entered = false;
        metrics.Waiting(+1);
        try
        {
            var turn = await gate.EnterAsync(MaxWaitOf(request, gate.Options), cancellationToken).ConfigureAwait(false);
            if (turn.Refusal is { } refusal)
                throw Refused(request, refusal);

            entered = true;
            metrics.UnderWay(+1);
            return new HostLease(this, gate, request.Origin, turn);
        }
        finally
        {
            metrics.Waiting(-1);
            if (!entered)
                Release(gate);
        }
    }

    /// <summary>A request that had its turn is over.</summary>
    public void Leave(HostGate gate)
    {
        metrics.UnderWay(-1);
        gate.Leave();
        Release(gate);
    }

    void Release(HostGate gate)
    {
        lock (sync)
            gate.Users--;
    }

    /// <summary>A host has asked for a pause, for so long or without saying how long. Whoever else asks it things from here keeps it too.</summary>
    public void Pause(HostGate gate, Uri host, TimeSpan? asked)
    {
        // Those that were under way when the pause began, and are refused too, say nothing new.
        if (gate.Pause(asked) is { } left)
            shared.TellPeers?.Invoke(host, left);
    }

    public void Dispose() => trials.Dispose();

    public void Hold(Uri host, TimeSpan length)
    {
        var gate = Acquire(host);
        gate.Hold(length);
        Release(gate);
    }

    public IReadOnlyList<HostState> ListBusiest(int most)
    {
        List<(Uri Host, HostGate Gate, int Users)> known;
        lock (sync)
            known = [.. gates.Select(static gate => (gate.Key, gate.Value, gate.Value.Users))];
        return
        [
            .. known.Select(static one => one.Gate.Look(one.Host, one.Users))
                .Where(static host => host.UnderWay + host.Waiting + host.Recent > 0 || host.RestsFor > TimeSpan.Zero)
                .OrderByDescending(static host => host.UnderWay + host.Waiting).ThenByDescending(static host => host.Recent)
                .Take(most),
        ];
    }

    AtProtoException Refused(XrpcRequest request, HostRefusal refusal)
    {
        metrics.TurnedAway(refusal.Cause);
        var retryAt = time.GetUtcNow() + refusal.ComeBackIn;
        return refusal switch
        {
            { IsFailure: false } => request.Failed(
                AtProtoFailure.RateLimited,
                $"not sent yet, {TurnOf(refusal.Cause)}; try again at {retryAt:u}",
                retryAt: retryAt),
            { Cause: WaitCause.Pause } => request.Failed(
                AtProtoFailure.RateLimited,
                $"not sent, the host has refused everything it was asked for {TimeSpan.FromSeconds((long)refusal.RefusedFor.TotalSeconds)}{(refusal.IsFinal ? ", longer than Atbb:Politeness:MaxRefusal," : "")} and is asked again at {retryAt:u}",
                status: HttpStatusCode.TooManyRequests,
                retryAt: retryAt,
                isFinal: refusal.IsFinal),
            _ => request.Failed(
                AtProtoFailure.TimedOut,
                $"not sent, the host has left the last requests unanswered ({HostDenial.MostInARow} or more in a row) and is asked again at {retryAt:u}",
                retryAt: retryAt),
        };
    }

    static string TurnOf(WaitCause cause) => cause switch
    {
        WaitCause.Pace => "the host's turn comes later (its pace: Atbb:Politeness:RequestsPerSecond, or what it says is left of its allowance)",
        WaitCause.Pause => "the host has asked for a pause, or says that nothing is left of its allowance",
        WaitCause.Place => "as many requests as may be are under way at the host (Atbb:Politeness:ConcurrentRequests)",
        WaitCause.Trial => "the host is new, and another request is trying it",
        WaitCause.Silence => "the host has not answered those before it yet",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "There is no such cause."),
    };

    static TimeSpan MaxWaitOf(XrpcRequest request, PolitenessOptions options) =>
        RequestMeter.IsFirstAt(request.Origin) && options.FirstWait < options.MaxWait ? options.FirstWait : options.MaxWait;

    HostGate Acquire(Uri host)
    {
        lock (sync)
        {
            if (!gates.TryGetValue(host, out var gate))
            {
                Sweep();
                // The directory is the operator's word and no stranger's.
                gate = host == directory ? new HostGate(options.PlcPoliteness, time, shared, trial: null, metrics) : new HostGate(options.Politeness, time, shared, new HostTrial(trials), metrics);
                gates.Add(host, gate);
            }

            gate.Users++;
            return gate;
        }
    }

    // Hosts are named by strangers' DID documents, and there is no end to them. Sweeping at twice what the last sweep left behind costs
    // each new host a constant amount.
    void Sweep()
    {
        if (gates.Count < nextSweep)
            return;

        foreach (var (host, gate) in gates)
        {
            if (gate.IsIdle)
                gates.Remove(host);
        }

        nextSweep = Math.Max(FirstSweep, gates.Count * 2);
    }
}
