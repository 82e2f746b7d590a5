namespace Atbb.AtProto.Politeness;

/// <summary>
/// When one host may be asked: its pace, the pauses it asked for, and what it says is left of its allowance. Has no clock: every method is
/// told the time. Not safe for calls in parallel.
/// </summary>
/// <remarks>
/// The pace is a virtual schedule (the generic cell rate algorithm), a single point in time: each turn is known when it is taken, and so is
/// the time to come back for a request that is turned away.
/// </remarks>
sealed class HostSchedule
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Requests that are turned away come back one by one at the host's pace. Not later than this: those before them may never come back.
    static readonly TimeSpan LongestLine = TimeSpan.FromMinutes(1);

    // The longest pause is reached long before.
    const int MostDoublings = 20;

    readonly PolitenessOptions options;
    readonly SharedPoliteness? shared;
    readonly TimeSpan interval;
    TimeSpan nextTurn;
    TimeSpan pauseEnd;
    TimeSpan spread;
    TimeSpan spreadEnd;
    TimeSpan lineBegin;
    TimeSpan lineEnd;
    TimeSpan lastCame;
    TimeSpan unused;
    int waiting;
    int unexplained;

    public HostSchedule(PolitenessOptions options, SharedPoliteness? shared = null)
    {
        this.shared = shared;
        this.options = options;
        interval = options.RequestsPerSecond > 0 ? Second / options.RequestsPerSecond : TimeSpan.Zero;
    }

    /// <summary>Whether forgetting it would change nothing.</summary>
    public bool IsIdleAt(TimeSpan now) => now >= Latest(pauseEnd, nextTurn, spreadEnd);

    /// <summary>How long the host still wants to be left alone.</summary>
    public TimeSpan PauseLeft(TimeSpan now) => pauseEnd > now ? pauseEnd - now : TimeSpan.Zero;

    /// <summary>Takes the next turn if it comes in time; one that has come already always does.</summary>
    /// <param name="now">The present.</param>
    /// <param name="deadline">The latest turn of use.</param>
    /// <param name="wait">How long to wait for the turn; when none was taken, how long to stay away.</param>
    public bool TryTake(TimeSpan now, TimeSpan deadline, out TimeSpan wait)
    {
        NoteComing(now);
        var step = StepAt(now);
        var burst = step < Second && step > TimeSpan.Zero ? Second - step : TimeSpan.Zero;
        var open = Latest(now, pauseEnd);
        var turn = Latest(open, nextTurn - burst);
        if (turn > now && turn > deadline)
        {
            wait = TurnAway(now, turn);
            return false;
        }

        wait = turn - now;
        nextTurn = Latest(open, nextTurn) + step;
        if (wait > TimeSpan.Zero)
            waiting++;
        return true;
    }

    /// <summary>Whoever had to wait for its turn has it.</summary>
    public void EndWait()
    {
        waiting--;
        // Those before it that were not taken are of the past.
        unused = TimeSpan.Zero;
    }

    /// <summary>Whoever had to wait for its turn has gone without it.</summary>
    public void GiveBack(TimeSpan now)
    {
        waiting--;
        unused += StepAt(now);
        // While others wait they keep their turns, and one given to whoever comes would be beside one of theirs.
        if (waiting > 0)
            return;
        nextTurn = Latest(now, nextTurn - unused);
        unused = TimeSpan.Zero;
    }

    /// <summary>Says to a request that cannot be taken on how long it should stay away: behind those that were told so before.</summary>
    public TimeSpan TurnAway(TimeSpan now, TimeSpan earliest)
    {
        NoteComing(now);
        var latest = earliest + LongestLine;
        var comeBack = lineEnd > latest ? latest : Latest(earliest, lineEnd);
        if (lineEnd <= earliest)
            lineBegin = comeBack;
        lineEnd = comeBack + StepAt(now);
        return comeBack - now;
    }

    // Those in the line come at the host's pace, once its first one is due. Where nobody has, nobody will: their run was cancelled, and the next one's would
    // stay away for them.
    void NoteComing(TimeSpan now)
    {
        if (now > Latest(lineBegin, lastCame) + Second + StepAt(now))
            lineEnd = TimeSpan.Zero;
        lastCame = now;
    }

    /// <summary>The host answered 429. Never shortens a pause: answers may overtake each other.</summary>
    /// <param name="now">The present.</param>
    /// <param name="asked">How long it asked to be left alone; null when it did not say.</param>
    public void Pause(TimeSpan now, TimeSpan? asked)
    {
        // What was under way when a pause began says nothing new by being refused too.
        if (asked is null && now < pauseEnd)
            return;

        var length = asked is { } told ? Latest(told, Second) : options.DefaultPause * Math.Pow(2, Math.Min(unexplained++, MostDoublings));
        pauseEnd = Latest(pauseEnd, now + Capped(length));
    }

    /// <summary>The host answered.</summary>
    /// <param name="now">The present.</param>
    /// <param name="allowance">What it says is left; null when it does not say.</param>
    public void Answered(TimeSpan now, RateAllowance? allowance)
    {
        unexplained = 0;
        if (allowance is not { } left)
            return;

        var window = Capped(left.ResetIn);
        spreadEnd = TimeSpan.Zero;
        if (window <= TimeSpan.Zero)
            return;

        if (left.Remaining == 0)
        {
            pauseEnd = Latest(pauseEnd, now + window);
        }
        else if (left.IsLow)
        {
            // Others ask from this address too: what is left is made to last, so that they find something of it at any time.
            spread = window / left.Remaining;
            spreadEnd = now + window;
        }
    }

    // The pace is that of all silos together: of three, each takes every third turn of it.
    TimeSpan StepAt(TimeSpan now) => (now < spreadEnd ? Latest(interval, spread) : interval) * (shared?.Silos ?? 1);

    TimeSpan Capped(TimeSpan length) => length < options.MaxPause ? length : options.MaxPause;

    static TimeSpan Latest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    static TimeSpan Latest(TimeSpan a, TimeSpan b, TimeSpan c) => Latest(Latest(a, b), c);
}
