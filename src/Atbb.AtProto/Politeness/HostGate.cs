using System.Threading.RateLimiting;

namespace Atbb.AtProto.Politeness;

/// <summary>One host's turn-taking, first come, first served: a place among the requests under way, then a turn on its schedule.</summary>
/// <remarks>
/// The places are a limiter of System.Threading.RateLimiting. The schedule is not: those limiters go by the machine's clock, which tests
/// cannot turn, their rate is fixed when they are made, where here the host's own words change it, and they do not say when a turn comes.
/// </remarks>
sealed class HostGate : IDisposable
{
    // Nobody knows when a place is left; long enough that asking for one costs next to nothing.
    static readonly TimeSpan ReturnWhenBusy = TimeSpan.FromSeconds(5);

    readonly Lock sync = new();
    readonly TimeProvider time;
    readonly long origin;
    readonly HostSchedule schedule;
    readonly HostSilence silence = new();
    readonly HostTrial? trial;
    readonly ConcurrencyLimiter? places;

    /// <param name="options">How much is asked of the host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trial">What a host has to go through that has not answered yet; null where it is trusted to.</param>
    public HostGate(PolitenessOptions options, TimeProvider time, HostTrial? trial = null)
    {
        this.trial = trial;
        Options = options;
        this.time = time;
        origin = time.GetTimestamp();
        schedule = new HostSchedule(options);
        places = options.Places > 0
            ? new(new() { PermitLimit = options.Places, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst })
            : null;
    }

    public PolitenessOptions Options { get; }

    /// <summary>Requests that wait or are under way; kept by <see cref="HostGates"/> under its own lock.</summary>
    public int Users { get; set; }

    /// <summary>Whether forgetting this host would change nothing.</summary>
    public bool IsIdle
    {
        get
        {
            lock (sync)
                return Users == 0 && schedule.IsIdleAt(Now) && silence.IsIdleAt(Now);
        }
    }

    // Elapsed time and not the time of day: a clock that is set back must not hold a host's requests.
    TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Waits for a turn.</summary>
    /// <param name="maxWait">How long at most. One that takes longer is not waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HostTurn> EnterAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var deadline = Now + maxWait;
        if (RefuseFor(maxWait) is { } refusal)
            return HostTurn.Refused(refusal);
        if (trial is not null && !await trial.EnterAsync(maxWait, time, cancellationToken))
            return HostTurn.TooLate(TurnAway(maxWait > ReturnWhenBusy ? maxWait : ReturnWhenBusy));

        RateLimitLease? place = null;
        var entered = false;
        try
        {
            place = places?.AttemptAcquire();
            if (place is { IsAcquired: false })
            {
                place = await WaitForPlaceAsync(maxWait, cancellationToken);
                if (place is null)
                    return HostTurn.TooLate(TurnAway(maxWait > ReturnWhenBusy ? maxWait : ReturnWhenBusy));
            }

            TimeSpan wait;
            do
            {
                if (!TryTake(deadline, out wait))
                    return HostTurn.TooLate(wait);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellationToken);
            }
            // The host may have asked for a pause meanwhile.
            while (wait > TimeSpan.Zero && PauseLeft() > TimeSpan.Zero);

            var turn = Send(place);
            entered = turn.Refusal is null;
            return turn;
        }
        finally
        {
            if (!entered)
            {
                place?.Dispose();
                trial?.End();
            }
        }
    }

    /// <summary>Holds every request to this host for a while.</summary>
    /// <param name="asked">For how long the host asked; null when it did not say.</param>
    public void Pause(TimeSpan? asked)
    {
        lock (sync)
            schedule.Pause(Now, asked);
    }

    /// <summary>The host answered, and said what is left of its allowance, or nothing of it.</summary>
    public void Answered(RateAllowance? allowance)
    {
        lock (sync)
            schedule.Answered(Now, allowance);
    }

    /// <summary>An exchange has ended by itself, in whatever way.</summary>
    public void Spoke()
    {
        lock (sync)
            silence.Answered(Now);
        trial?.Spoke();
    }

    /// <summary>A request was not answered within its time.</summary>
    public void TimedOut(TimeSpan sentAt)
    {
        lock (sync)
            silence.TimedOut(Now, sentAt);
    }

    /// <summary>A request that came through is over.</summary>
    public void Leave()
    {
        lock (sync)
            silence.Ended();
        trial?.End();
    }

    public void Dispose() => places?.Dispose();

    // The host may have fallen silent while this one waited.
    HostTurn Send(RateLimitLease? place)
    {
        lock (sync)
        {
            var now = Now;
            if (silence.Refuse(now) is { } refusal)
                return HostTurn.Refused(refusal);

            silence.Sent(now);
            return new HostTurn(place, now, Refusal: null);
        }
    }

    bool TryTake(TimeSpan deadline, out TimeSpan wait)
    {
        lock (sync)
            return schedule.TryTake(Now, deadline, out wait);
    }

    TimeSpan TurnAway(TimeSpan after)
    {
        lock (sync)
            return schedule.TurnAway(Now, Now + after);
    }

    TimeSpan PauseLeft()
    {
        lock (sync)
            return schedule.PauseLeft(Now);
    }

    // Before a place is taken or waited for: a pause of minutes is known now, and so is a host that does not answer.
    HostRefusal? RefuseFor(TimeSpan maxWait)
    {
        lock (sync)
        {
            var now = Now;
            var pause = schedule.PauseLeft(now);
            return pause > maxWait ? new HostRefusal(schedule.TurnAway(now, now + pause), IsFailure: false) : silence.Refuse(now);
        }
    }

    async ValueTask<RateLimitLease?> WaitForPlaceAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(maxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await places!.AcquireAsync(permitCount: 1, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
