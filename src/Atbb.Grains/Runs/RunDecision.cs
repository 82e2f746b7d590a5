using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>Whether a backfill is needed: rule D1, without the questions to the database.</summary>
static class RunDecision
{
    /// <summary>Decides.</summary>
    /// <param name="cursor">The live stream's cursor, microseconds since 1970; null when there is none.</param>
    /// <param name="hasForum">Whether the forum's own record is in the index.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxAge">The age from which on a cursor is too old.</param>
    public static BackfillDecision Decide(long? cursor, bool hasForum, DateTimeOffset now, TimeSpan maxAge)
    {
        if (cursor is not { } microseconds)
            return new(DecisionOutcome.FullSync, DecisionReason.NoCursor, null, maxAge);

        var age = now - AtMicroseconds(microseconds);
        if (!hasForum)
            return new(DecisionOutcome.FullSync, DecisionReason.DbInconsistency, age, maxAge);

        return age > maxAge
            ? new(DecisionOutcome.CatchUp, DecisionReason.CursorTooOld, age, maxAge)
            : new(DecisionOutcome.NotNeeded, DecisionReason.CursorFresh, age, maxAge);
    }

    /// <summary>The index could not be asked: what cannot be seen to be whole is read in full.</summary>
    public static BackfillDecision Unasked(string error, TimeSpan maxAge) =>
        new(DecisionOutcome.FullSync, DecisionReason.DbQueryFailed, null, maxAge, error);

    // A cursor is whatever the stream's reader stored: one outside of what a date can hold is infinitely old or new, not a crash.
    static DateTimeOffset AtMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(
        Math.Clamp(microseconds, 0, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
        * TimeSpan.TicksPerMicrosecond);
}
