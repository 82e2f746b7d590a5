namespace Atbb.AtProto.Politeness;

/// <summary>
/// Whether one host still answers. A host that takes requests and leaves them unanswered would hold a place of everybody's for each of them, until
/// it times out: so no more are sent than tell whether it is back. Has no clock: every method is told the time. Not safe for calls in parallel.
/// </summary>
/// <remarks>
/// Nothing waits for ever. Each request under way ends by its time-out, and when it does a silent host rests for as long as that took; whoever comes in
/// this rest has failed as if it had been sent, which counts among its repository's attempts. So all repositories of a host that is gone
/// come to their end together, at the price of one request each round.
/// </remarks>
sealed class HostSilence
{
    /// <summary>Requests left unanswered in a row from which on the host is asked one thing at a time.</summary>
    public const int MostUnanswered = 3;

    /// <summary>How long nothing may be answered, with requests under way, before no more are sent: longer than hosts take that are merely slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    int underWay;
    int unanswered;
    TimeSpan quietSince;
    TimeSpan waited;
    TimeSpan restEnd;

    /// <summary>Whether forgetting it would change nothing.</summary>
    public bool IsIdleAt(TimeSpan now) => underWay == 0 && now >= restEnd;

    /// <summary>Why the host is not to be asked now; null when it may be.</summary>
    public HostRefusal? Refuse(TimeSpan now)
    {
        if (unanswered >= MostUnanswered && underWay == 0)
            return now < restEnd ? new HostRefusal(restEnd - now, IsFailure: true) : null;

        var isQuiet = unanswered >= MostUnanswered || (underWay > 0 && now - quietSince >= Patience);
        // Well before the rest that begins when they time out is over again: whoever comes back meets it.
        return isQuiet ? new HostRefusal(waited > TimeSpan.Zero && waited / 2 < Patience ? waited / 2 : Patience, IsFailure: false) : null;
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
    public void Answered(TimeSpan now)
    {
        unanswered = 0;
        quietSince = now;
        restEnd = TimeSpan.Zero;
    }

    /// <summary>It timed out.</summary>
    /// <param name="now">The present.</param>
    /// <param name="sentAt">When it was sent.</param>
    public void TimedOut(TimeSpan now, TimeSpan sentAt)
    {
        // Sent before the last answer, it says nothing new about a host that speaks.
        if (unanswered == 0 && sentAt < quietSince)
            return;

        unanswered++;
        waited = now - sentAt;
        restEnd = now + waited;
    }
}
