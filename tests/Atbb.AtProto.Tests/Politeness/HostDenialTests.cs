using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostDenialTests
{
    readonly HostDenial denial = new(TimeSpan.FromHours(2));

    static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    static HostRefusal Wait(double seconds) => new(S(seconds), IsFailure: false);

    static HostRefusal Failure(double seconds) => new(S(seconds), IsFailure: true);

    void LeaveUnanswered(int requests, double from, double until)
    {
        for (var i = 0; i < requests; i++)
            denial.Sent(S(from));
        for (var i = 0; i < requests; i++)
        {
            denial.TimedOut(S(until), S(from));
            denial.Ended();
        }
    }

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(5, true)]
    public void Refuse_NothingAnsweredForAWhile_SendsNoMoreAndCountsNoFailure(double now, bool refused)
    {
        denial.Sent(S(0));

        Assert.Equal(refused ? Wait(5) : null, denial.Refuse(S(now)));
    }

    [Fact]
    public void Refuse_NothingUnderWay_IsNoSilence()
    {
        denial.Sent(S(0));
        denial.Spoke(S(1));
        denial.Ended();

        Assert.Null(denial.Refuse(S(100)));
    }

    [Fact]
    public void Refuse_SomethingAnswered_BeginsTheWhileAnew()
    {
        denial.Sent(S(0));
        denial.Sent(S(0));
        denial.Spoke(S(4));
        denial.Ended();

        Assert.Null(denial.Refuse(S(8.9)));
        Assert.Equal(Wait(5), denial.Refuse(S(9)));
    }

    [Fact]
    public void Refuse_AfterTooManyUnanswered_FailsWhoComesInTheRestAndThenSendsOne()
    {
        LeaveUnanswered(HostDenial.MostInARow, 0, 30);

        Assert.Equal(Failure(30), denial.Refuse(S(30)));
        Assert.Equal(Failure(1), denial.Refuse(S(59)));
        Assert.Null(denial.Refuse(S(60)));
        denial.Sent(S(60));
        Assert.Equal(Wait(5), denial.Refuse(S(60)));
        denial.TimedOut(S(90), S(60));
        denial.Ended();
        // Whoever was told to come back in 5 s meets this, and fails.
        Assert.Equal(Failure(26), denial.Refuse(S(94)));
        Assert.False(denial.IsIdleAt(S(94)));
        Assert.True(denial.IsIdleAt(S(120)));
    }

    [Fact]
    public void Refuse_AnAnswerAtLast_LetsEverybodyThrough()
    {
        LeaveUnanswered(10, 0, 30);
        denial.Sent(S(60));
        denial.Spoke(S(61));

        Assert.Null(denial.Refuse(S(61)));
        denial.Ended();
        Assert.Null(denial.Refuse(S(61)));
    }

    [Fact]
    public void Refuse_ShortTimeouts_BringsBackInTimeForTheRest()
    {
        LeaveUnanswered(3, 0, 0.2);
        denial.Sent(S(1));

        Assert.Equal(Wait(0.1), denial.Refuse(S(1)));
    }

    [Fact]
    public void TimedOut_BesideAnswers_IsNoSilence()
    {
        for (var i = 0; i < 10; i++)
            denial.Sent(S(0));
        denial.Spoke(S(29));
        denial.Ended();
        for (var i = 0; i < 9; i++)
        {
            denial.TimedOut(S(30), S(0));
            denial.Ended();
        }

        Assert.Null(denial.Refuse(S(30)));
    }

    [Fact]
    public void RefuseInPause_NothingAnsweredBetweenPauses_FailsWhoComesFromTheThirdOn()
    {
        denial.Paused(S(0), S(60));
        Assert.Null(denial.RefuseInPause(S(1), S(59)));
        denial.Paused(S(60), S(60));
        Assert.Null(denial.RefuseInPause(S(61), S(59)));
        denial.Paused(S(120), S(60));

        Assert.Equal(Refusing(59, since: 121), denial.RefuseInPause(S(121), S(59)));
    }

    [Fact]
    public void RefuseInPause_SomethingAnsweredBetween_BeginsAnew()
    {
        for (var i = 0; i < 10; i++)
            denial.Paused(S(i * 60), S(60));
        denial.Answered();
        denial.Paused(S(600), S(60));

        Assert.Null(denial.RefuseInPause(S(600), S(60)));
    }

    [Fact]
    public void RefuseInPause_RefusedForLongerThanItMay_GivesUpWhoeverComes()
    {
        denial.Paused(S(0), S(3600));
        Assert.Null(denial.RefuseInPause(S(3599), S(1)));
        denial.Paused(S(3600), S(36_000));

        // Nobody is told to come back later than the end of all patience.
        Assert.Equal(S(3600), denial.WaitIn(S(3600), S(36_000)));
        Assert.Null(denial.RefuseInPause(S(7199), S(32_401)));
        Assert.Equal(Refusing(32_400, since: 7200) with { IsFinal = true }, denial.RefuseInPause(S(7200), S(32_400)));
    }

    [Fact]
    public void IsFinal_TimeInWhichNobodyAskedIt_IsNotItsRefusal()
    {
        denial.Paused(S(0), S(60));

        denial.Paused(S(86_400), S(60));
        Assert.False(denial.IsFinalAt(S(86_460)));
        Assert.Null(denial.RefuseInPause(S(86_401), S(59)));

        // Two minutes by now, and the minute between them that counts.
        for (var i = 1; i < 118; i++)
            denial.Paused(S(86_400 + (i * 60)), S(60));
        Assert.False(denial.IsFinalAt(S(86_400 + (118 * 60) - 61)));
        Assert.True(denial.IsFinalAt(S(86_400 + (118 * 60))));
    }

    [Fact]
    public void Refuse_AfterPausesInARow_LetsOneRequestThroughThatTellsWhetherItIsBack()
    {
        for (var i = 0; i < HostDenial.MostInARow; i++)
            denial.Paused(S(i * 60), S(2));

        Assert.Null(denial.Refuse(S(200)));
        denial.Sent(S(200));
        Assert.Equal(Wait(1), denial.Refuse(S(200)));
        denial.Answered();
        Assert.Null(denial.Refuse(S(200)));
    }

    static HostRefusal Refusing(double comeBackIn, double since) => new(S(comeBackIn), IsFailure: true, WaitCause.Pause) { RefusedFor = S(since) };
}
