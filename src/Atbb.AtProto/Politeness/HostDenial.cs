namespace Atbb.AtProto.Politeness;

/// <summary>
/// Whether one host still gives anything. One that takes requests and leaves them unanswered would hold a place of everybody's for each of them, until
/// it times out; one that refuses them all (429) would hold its repositories for as many pauses as they have attempts together. So no more are sent
/// than tell whether it is back. Has no clock: every method is told the time. Not safe for calls in parallel.
/// </summary>
/// <remarks>
/// Nothing waits for ever. A silent host rests, when its last request has timed out, for as long as that took; one that refuses rests in the pauses that
/// it asks for. Whoever comes in a rest has failed as if it had been sent, which counts among its repository's attempts. So all repositories of a
/// host that is gone come to their end together, at the price of one request each round; and where a round takes long, those of one that has done
/// nothing but refuse for <paramref name="longestRefusal"/> come to it at once.
/// </remarks>
/// <param name="longestRefusal">How long a host may refuse everything.</param>
sealed class HostDenial(TimeSpan longestRefusal)
{
    /// <summary>Requests left unanswered in a row, or pauses asked for with nothing answered between, from which on the host is asked one thing at a time.</summary>
    public const int MostInARow = 3;

    /// <summary>How long nothing may be answered, with requests under way, before no more are sent: longer than hosts take that are merely slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    int underWay;
    int unanswered;
    TimeSpan quietSince;
    int pauses;
    TimeSpan refused;
    TimeSpan pauseBegin;
    TimeSpan pauseEnd;
    TimeSpan lastRest;
    TimeSpan restEnd;

    /// <summary>Whether forgetting it would change nothing.</summary>
    public bool IsIdleAt(TimeSpan now) => underWay == 0 && now >= restEnd;

    /// <summary>Requests that were sent and are not over.</summary>
    public int UnderWay => underWay;

    /// <summary>How long it rests for having left requests unanswered.</summary>
    public TimeSpan RestLeft(TimeSpan now) => unanswered >= MostInARow && restEnd > now ? restEnd - now : TimeSpan.Zero;

    /// <summary>Why the host is not to be asked now; null when it may be.</summary>
    public HostRefusal? Refuse(TimeSpan now)
    {
        if (unanswered >= MostInARow && underWay == 0)
            return now < restEnd ? new HostRefusal(restEnd - now, IsFailure: true) : null;

        var isQuiet = unanswered >= MostInARow || (underWay > 0 && now - quietSince >= Patience);
        var isOneAtATime = isQuiet || (pauses >= MostInARow && underWay > 0);
        // Well before the rest that begins when they time out, or are refused, is over again: whoever comes back meets it.
        return isOneAtATime ? new HostRefusal(lastRest > TimeSpan.Zero && lastRest / 2 < Patience ? lastRest / 2 : Patience, IsFailure: false) : null;
    }

    /// <summary>Why whoever comes in a pause that the host has asked for has failed; null when it merely waits.</summary>
    /// <param name="now">The present.</param>
    /// <param name="pause">What is left of the pause.</param>
    public HostRefusal? RefuseInPause(TimeSpan now, TimeSpan pause)
    {
        if (pauses == 0)
            return null;

        var isFinal = IsFinalAt(now);
        return isFinal || pauses >= MostInARow
            ? new HostRefusal(WaitIn(now, pause), IsFailure: true, WaitCause.Pause) { RefusedFor = RefusedAt(now), IsFinal = isFinal }
            : null;
    }

    /// <summary>Whether the host has refused everything for so long that nobody should wait for it.</summary>
    public bool IsFinalAt(TimeSpan now) => pauses > 0 && RefusedAt(now) >= longestRefusal;

    // The time that it has asked for. What lies between two pauses counts as long as the pause before it at most: in time in which nobody asked it
    // anything it has not refused.
    TimeSpan RefusedAt(TimeSpan now) => refused + HeldAt(now);

    TimeSpan HeldAt(TimeSpan now) => (now < pauseEnd ? now : pauseEnd) - pauseBegin;

    /// <summary>How long to stay away in a pause: not past the moment from which on nobody waits for this host.</summary>
    public TimeSpan WaitIn(TimeSpan now, TimeSpan pause)
    {
        var left = pauses == 0 ? pause : longestRefusal - RefusedAt(now);
        return left > TimeSpan.Zero && left < pause ? left : pause;
    }

    /// <summary>A request is sent.</summary>
    public void Sent(TimeSpan now)
    {
        if (underWay++ == 0)
            quietSince = now;
    }

    /// <summary>A request sent is over, in whatever way.</summary>
    public void Ended() => underWay--;

    /// <summary>It was answered, with whatever, or refused at once.</summary>
    public void Spoke(TimeSpan now)
    {
        unanswered = 0;
        quietSince = now;
        restEnd = TimeSpan.Zero;
    }

    /// <summary>It was answered with something other than that the host wants to be left alone.</summary>
    public void Answered() => pauses = 0;

    /// <summary>It timed out.</summary>
    /// <param name="now">The present.</param>
    /// <param name="sentAt">When it was sent.</param>
    public void TimedOut(TimeSpan now, TimeSpan sentAt)
    {
        // Sent before the last answer, it says nothing new about a host that speaks.
        if (unanswered == 0 && sentAt < quietSince)
            return;

        unanswered++;
        lastRest = now - sentAt;
        restEnd = now + lastRest;
    }

    /// <summary>The host has asked for a pause while none held it. What it refuses within one says nothing new.</summary>
    /// <param name="now">The present.</param>
    /// <param name="length">How long the pause is.</param>
    public void Paused(TimeSpan now, TimeSpan length)
    {
        var held = HeldAt(now);
        var between = now > pauseEnd ? now - pauseEnd : TimeSpan.Zero;
        refused = pauses++ == 0 ? TimeSpan.Zero : refused + held + (between < held ? between : held);
        (lastRest, pauseBegin, pauseEnd) = (length, now, now + length);
    }
}
