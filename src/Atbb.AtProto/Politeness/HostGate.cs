namespace Atbb.AtProto.Politeness;

/// <summary>One host's turn-taking, first come, first served: a place among the requests under way, then a turn on its schedule.</summary>
/// <remarks>
/// The schedule is no limiter of System.Threading.RateLimiting: those go by the machine's clock, which tests cannot turn, their rate is fixed
/// when they are made, where here the host's own words change it, and they do not say when a turn comes.
/// </remarks>
sealed class HostGate
{
    // Nobody knows when a place is left; long enough that asking for one costs next to nothing.
    static readonly TimeSpan ReturnWhenBusy = TimeSpan.FromSeconds(5);

    readonly Lock sync = new();
    readonly TimeProvider time;
    readonly long origin;
    readonly HostSchedule schedule;
    readonly HostDenial denial;
    readonly HostTrial? trial;
    readonly HostPlaces? places;
    readonly HostMetrics metrics;
    readonly RecentCount sent = new();
    RateAllowance? allowance;
    TimeSpan allowanceEnd;

    /// <param name="options">How much is asked of the host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shared">What of it is this process's, where several ask the same hosts.</param>
    /// <param name="trial">What a host has to go through that has not answered yet; null where it is trusted to.</param>
    /// <param name="metrics">What sees the waits; null: nobody.</param>
    public HostGate(PolitenessOptions options, TimeProvider time, SharedPoliteness? shared = null, HostTrial? trial = null, HostMetrics? metrics = null)
    {
        this.metrics = metrics ?? new HostMetrics();
        this.trial = trial;
        Options = options;
        this.time = time;
        origin = time.GetTimestamp();
        shared ??= new SharedPoliteness();
        schedule = new HostSchedule(options, shared);
        denial = new HostDenial(options.MaxRefusal);
        places = options.Places > 0 ? new HostPlaces(options.Places, shared) : null;
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
                return Users == 0 && schedule.IsIdleAt(Now) && denial.IsIdleAt(Now);
        }
    }

    /// <summary>How it stands with it.</summary>
    /// <param name="host">Its origin.</param>
    /// <param name="users">Requests that wait or are under way.</param>
    public HostState Look(Uri host, int users)
    {
        lock (sync)
        {
            var now = Now;
            var (pause, rest) = (schedule.PauseLeft(now), denial.RestLeft(now));
            return new HostState(
                host.Authority, denial.UnderWay, Math.Max(0, users - denial.UnderWay), sent.At(now), now < allowanceEnd ? allowance?.Remaining : null, pause > rest ? pause : rest);
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
        if (trial is not null && !await TimedAsync(WaitCause.Trial, trial.EnterAsync(maxWait, time, cancellationToken)).ConfigureAwait(false))
            return HostTurn.TooLate(TurnAway(maxWait > ReturnWhenBusy ? maxWait : ReturnWhenBusy), WaitCause.Trial);

        var placed = false;
        var entered = false;
        try
        {
            if (places is not null && !places.TryTake() && !await TimedAsync(WaitCause.Place, places.TakeAsync(maxWait, time, cancellationToken)).ConfigureAwait(false))
                return HostTurn.TooLate(TurnAway(maxWait > ReturnWhenBusy ? maxWait : ReturnWhenBusy), WaitCause.Place);
            placed = places is not null;

            TimeSpan wait;
            do
            {
                if (!TryTake(deadline, out wait, out var cause))
                    return HostTurn.TooLate(wait, cause);
                if (wait > TimeSpan.Zero)
                {
                    await WaitForTurnAsync(wait, cancellationToken).ConfigureAwait(false);
                    metrics.Waited(cause, wait);
                }
            }
            // The host may have asked for a pause meanwhile.
            while (wait > TimeSpan.Zero && PauseLeft() > TimeSpan.Zero);

            var turn = Send();
            entered = turn.Refusal is null;
            return turn;
        }
        finally
        {
            if (!entered)
            {
                if (placed)
                    places!.GiveBack();
                trial?.End();
            }
        }
    }

    /// <summary>Holds every request to this host for a while, which it has asked of a peer: of what the peer was answered since, nothing is known here.</summary>
    public void Hold(TimeSpan length)
    {
        lock (sync)
            schedule.Pause(Now, length);
    }

    /// <summary>Holds every request to this host for a while, since it has refused one.</summary>
    /// <param name="asked">For how long the host asked; null when it did not say.</param>
    /// <returns>What is left of the pause, where this has made it longer; otherwise null.</returns>
    public TimeSpan? Pause(TimeSpan? asked)
    {
        lock (sync)
        {
            var now = Now;
            var before = schedule.PauseLeft(now);
            schedule.Pause(now, asked);
            var left = schedule.PauseLeft(now);
            if (before == TimeSpan.Zero)
                denial.Paused(now, left);
            return left > before ? left : null;
        }
    }

    /// <summary>How long whoever was told to wait so long should stay away: not past the moment from which on nobody waits for this host.</summary>
    public TimeSpan WaitIn(TimeSpan asked)
    {
        lock (sync)
            return denial.WaitIn(Now, asked);
    }

    /// <summary>Whether the host has refused everything for so long that nobody should wait for it.</summary>
    public bool IsGivenUp
    {
        get
        {
            lock (sync)
                return denial.IsFinalAt(Now);
        }
    }

    /// <summary>The host answered otherwise than by asking for a pause, and said what is left of its allowance, or nothing of it.</summary>
    public void Answered(RateAllowance? allowance)
    {
        lock (sync)
        {
            schedule.Answered(Now, allowance);
            denial.Answered();
            if (allowance is { } left)
                (this.allowance, allowanceEnd) = (left, Now + left.ResetIn);
        }
    }

    /// <summary>An exchange has ended by itself, in whatever way.</summary>
    public void Spoke()
    {
        lock (sync)
            denial.Spoke(Now);
        trial?.Spoke();
    }

    /// <summary>A request was not answered within its time.</summary>
    public void TimedOut(TimeSpan sentAt)
    {
        lock (sync)
            denial.TimedOut(Now, sentAt);
    }

    /// <summary>A request that came through is over.</summary>
    public void Leave()
    {
        lock (sync)
            denial.Ended();
        trial?.End();
    }

    // The host may have fallen silent while this one waited.
    HostTurn Send()
    {
        lock (sync)
        {
            var now = Now;
            if (denial.Refuse(now) is { } refusal)
                return HostTurn.Refused(refusal);

            denial.Sent(now);
            sent.Add(now);
            return new HostTurn(places, now, Refusal: null);
        }
    }

    bool TryTake(TimeSpan deadline, out TimeSpan wait, out WaitCause cause)
    {
        lock (sync)
        {
            var now = Now;
            cause = schedule.PauseLeft(now) > TimeSpan.Zero ? WaitCause.Pause : WaitCause.Pace;
            if (schedule.TryTake(now, deadline, out wait))
                return true;

            wait = denial.WaitIn(now, wait);
            return false;
        }
    }

    async Task WaitForTurnAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            lock (sync)
                schedule.EndWait();
        }
        catch (OperationCanceledException)
        {
            lock (sync)
                schedule.GiveBack(Now);
            throw;
        }
    }

    // What has come at once was not waited for.
    async ValueTask<bool> TimedAsync(WaitCause cause, ValueTask<bool> coming)
    {
        if (coming.IsCompleted)
            return await coming.ConfigureAwait(false);

        var began = Now;
        var came = await coming.ConfigureAwait(false);
        metrics.Waited(cause, Now - began);
        return came;
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

    // Before a place is taken or waited for: a pause of minutes is known now, and so is a host that gives nothing.
    HostRefusal? RefuseFor(TimeSpan maxWait)
    {
        lock (sync)
        {
            var now = Now;
            var pause = schedule.PauseLeft(now);
            return pause > maxWait
                ? denial.RefuseInPause(now, pause) ?? new HostRefusal(denial.WaitIn(now, schedule.TurnAway(now, now + pause)), IsFailure: false, WaitCause.Pause)
                : denial.Refuse(now);
        }
    }
}
