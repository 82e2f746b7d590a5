using System.Text.Json;
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

        var age = AgeOf(microseconds, now);
        if (!hasForum)
            return new(DecisionOutcome.FullSync, DecisionReason.DbInconsistency, age, maxAge);

        return age > maxAge
            ? new(DecisionOutcome.CatchUp, DecisionReason.CursorTooOld, age, maxAge)
            : new(DecisionOutcome.NotNeeded, DecisionReason.CursorFresh, age, maxAge);
    }

    /// <summary>The index could not be asked: what cannot be seen to be whole is read in full.</summary>
    /// <param name="cursor">The live stream's cursor, where that much was answered.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxAge">The age from which on a cursor is too old.</param>
    public static BackfillDecision Unasked(long? cursor, string error, DateTimeOffset now, TimeSpan maxAge) =>
        new(DecisionOutcome.FullSync, DecisionReason.DbQueryFailed, cursor is { } microseconds ? AgeOf(microseconds, now) : null, maxAge, error);

    /// <summary>An outcome or a reason as it is logged and shown: <c>no_cursor</c>.</summary>
    public static string Word<T>(T name)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString());

    // A cursor is whatever the stream's reader stored: one outside of what a date can hold is infinitely old or new, not a crash.
    static TimeSpan AgeOf(long microseconds, DateTimeOffset now) => now - DateTimeOffset.UnixEpoch.AddTicks(
        Math.Clamp(microseconds, 0, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
        * TimeSpan.TicksPerMicrosecond);
}
