using Atbb.AtProto;

namespace Atbb.Grains.Repos;

/// <summary>
/// What is left of a wait whose end was noted as a time of day. A clock that is set back meanwhile moves that end away, by as much as it is set
/// back: no wait is longer than the longest one that this program decides on.
/// </summary>
static class Waits
{
    // A host's refused repositories come back one after the other, behind its pause, within a minute; and the silos' clocks differ a little.
    static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait that is decided on with these options.</summary>
    public static TimeSpan Longest(BackfillOptions backfill, AtProtoOptions protocol) => Slack + new[]
    {
        backfill.RetryMaxDelay, backfill.DeletionConfirmDelay, protocol.Politeness.MaxPause, protocol.PlcPoliteness.MaxPause,
    }.Max();

    /// <summary>How long to wait for a time that somebody else has named.</summary>
    public static TimeSpan Left(DateTimeOffset until, DateTimeOffset now, TimeSpan longest)
    {
        var left = until - now;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }

    /// <summary>
    /// Whether a time that was stored is still to be waited for. One that is too far away was decided by a clock that was ahead of this one, and is
    /// over: only cut short, it would be as far away again when it is read the next time.
    /// </summary>
    public static bool IsAhead(DateTimeOffset stored, DateTimeOffset now, TimeSpan longest) => stored > now && stored - now <= longest;

    /// <summary>
    /// Whether what was read at a stored time is not older than that. What was read in the future was so by a clock that was ahead of this one: how old
    /// it is cannot be told, and it would be believed until that time has come and the age on top of it.
    /// </summary>
    public static bool IsRecent(DateTimeOffset stored, DateTimeOffset now, TimeSpan age) => stored <= now && now - stored <= age;
}
