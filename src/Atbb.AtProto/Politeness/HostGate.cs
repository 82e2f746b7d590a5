namespace Atbb.AtProto.Politeness;

/// <summary>
/// One host's turn-taking: places, pace and pause. The pace is a virtual schedule (the generic cell rate algorithm) and not a limiter of
/// System.Threading.RateLimiting: those fill up by the machine's clock, where tests have none to turn, and need a timer per host.
/// </summary>
sealed class HostGate
{
    readonly Lock sync = new();
    readonly TimeProvider time;
    readonly long origin;
    readonly TimeSpan maxWait;
    readonly TimeSpan interval;
    readonly TimeSpan burst;
    readonly SemaphoreSlim? places;
    TimeSpan nextTurn;
    TimeSpan pauseEnd;

    public HostGate(PolitenessOptions options, TimeProvider time)
    {
        Options = options;
        this.time = time;
        origin = time.GetTimestamp();
        maxWait = options.MaxWait;
        places = options.ConcurrentRequests > 0 ? new SemaphoreSlim(options.ConcurrentRequests) : null;

        if (options.RequestsPerSecond > 0)
        {
            var second = TimeSpan.FromSeconds(1);
            interval = second / options.RequestsPerSecond;
            burst = interval < second ? second - interval : TimeSpan.Zero;
        }
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
                return Users == 0 && Now >= pauseEnd && Now >= nextTurn;
        }
    }

    // Elapsed time and not the time of day: a clock that is set back must not hold a host's requests.
    TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Waits for a turn.</summary>
    /// <returns>Null when the turn has come, and <see cref="Leave"/> is due after it; otherwise after which time to come back.</returns>
    public async ValueTask<TimeSpan?> EnterAsync(CancellationToken cancellationToken)
    {
        var deadline = Now + maxWait;
        if (PauseLeft() is var pause && pause > maxWait)
            return pause;
        if (places is not null && !places.Wait(0, cancellationToken) && !await WaitForPlaceAsync(places, cancellationToken))
            return maxWait;

        var entered = false;
        try
        {
            TimeSpan delay;
            do
            {
                if (!Reserve(deadline, out delay))
                    return delay;
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, cancellationToken);
            }
            // The host may have asked for a pause meanwhile.
            while (delay > TimeSpan.Zero && PauseLeft() > TimeSpan.Zero);

            entered = true;
            return null;
        }
        finally
        {
            if (!entered)
                Leave();
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => places?.Release();

    /// <summary>Holds every request to this host for a while. Never shortens a pause: answers may overtake each other.</summary>
    public void Pause(TimeSpan length)
    {
        lock (sync)
        {
            var end = Now + (length < Options.MaxPause ? length : Options.MaxPause);
            if (end > pauseEnd)
                pauseEnd = end;
        }
    }

    /// <summary>Takes the next turn if it comes in time; one that has come already always does.</summary>
    bool Reserve(TimeSpan deadline, out TimeSpan delay)
    {
        lock (sync)
        {
            var now = Now;
            var open = Later(now, pauseEnd);
            var turn = Later(open, nextTurn - burst);
            delay = turn - now;
            if (delay > TimeSpan.Zero && turn > deadline)
                return false;

            nextTurn = Later(open, nextTurn) + interval;
            return true;
        }
    }

    static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    TimeSpan PauseLeft()
    {
        lock (sync)
        {
            var left = pauseEnd - Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    async Task<bool> WaitForPlaceAsync(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(maxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
