using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class RunDecisionTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan MaxAge = TimeSpan.FromHours(36);

    static long? CursorOf(TimeSpan age) => (Now - age - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [Fact]
    public void Decide_WithoutACursor_IsAFullSync()
    {
        var decision = RunDecision.Decide(cursor: null, hasForum: true, Now, MaxAge);

        Assert.Equal(new BackfillDecision(DecisionOutcome.FullSync, DecisionReason.NoCursor, null, MaxAge), decision);
    }

    [Fact]
    public void Decide_WithoutTheForumInTheIndex_IsAFullSync()
    {
        var decision = RunDecision.Decide(CursorOf(TimeSpan.FromHours(1)), hasForum: false, Now, MaxAge);

        Assert.Equal(new BackfillDecision(DecisionOutcome.FullSync, DecisionReason.DbInconsistency, TimeSpan.FromHours(1), MaxAge), decision);
    }

    [Fact]
    public void Decide_WhenTheIndexCannotBeAsked_IsAFullSyncThatSaysWhy()
    {
        var decision = RunDecision.Unasked(cursor: null, "connection refused", Now, MaxAge);

        Assert.Equal(new BackfillDecision(DecisionOutcome.FullSync, DecisionReason.DbQueryFailed, null, MaxAge, "connection refused"), decision);
    }

    [Fact]
    public void Decide_WhenTheIndexBreaksOffAfterTheCursor_SaysItsAge() =>
        Assert.Equal(TimeSpan.FromHours(3), RunDecision.Unasked(CursorOf(TimeSpan.FromHours(3)), "connection reset", Now, MaxAge).CursorAge);

    [Theory]
    [InlineData(DecisionReason.NoCursor, "no_cursor")]
    [InlineData(DecisionReason.DbQueryFailed, "db_query_failed")]
    [InlineData(DecisionReason.DbInconsistency, "db_inconsistency")]
    [InlineData(DecisionReason.CursorTooOld, "cursor_too_old")]
    [InlineData(DecisionReason.CursorFresh, "cursor_fresh")]
    public void Word_OfAReason_IsTheSeeds(DecisionReason reason, string word) =>
        Assert.Equal(word, RunDecision.Word(reason));

    [Theory]
    [InlineData(0, DecisionOutcome.NotNeeded, DecisionReason.CursorFresh)]
    [InlineData(35.99, DecisionOutcome.NotNeeded, DecisionReason.CursorFresh)]
    [InlineData(36, DecisionOutcome.NotNeeded, DecisionReason.CursorFresh)]
    [InlineData(36.01, DecisionOutcome.CatchUp, DecisionReason.CursorTooOld)]
    [InlineData(10_000, DecisionOutcome.CatchUp, DecisionReason.CursorTooOld)]
    [InlineData(-5, DecisionOutcome.NotNeeded, DecisionReason.CursorFresh)]
    public void Decide_ByTheCursorsAge_IsNotNeededOrACatchUp(double hours, DecisionOutcome outcome, DecisionReason reason)
    {
        var decision = RunDecision.Decide(CursorOf(TimeSpan.FromHours(hours)), hasForum: true, Now, MaxAge);

        Assert.Equal((outcome, reason), (decision.Outcome, decision.Reason));
        Assert.Equal(hours, decision.CursorAge!.Value.TotalHours, precision: 6);
    }

    [Theory]
    [InlineData(long.MinValue, DecisionOutcome.CatchUp)]
    [InlineData(-1, DecisionOutcome.CatchUp)]
    [InlineData(long.MaxValue, DecisionOutcome.NotNeeded)]
    public void Decide_WithACursorThatIsNoDate_DecidesAllTheSame(long cursor, DecisionOutcome outcome) =>
        Assert.Equal(outcome, RunDecision.Decide(cursor, hasForum: true, Now, MaxAge).Outcome);
}
