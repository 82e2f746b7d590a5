using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostSilenceTests
{
    readonly HostSilence silence = new();

    static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    static HostRefusal Wait(double seconds) => new(S(seconds), IsFailure: false);

    static HostRefusal Failure(double seconds) => new(S(seconds), IsFailure: true);

    void LeaveUnanswered(int requests, double from, double until)
    {
        for (var i = 0; i < requests; i++)
            silence.Sent(S(from));
        for (var i = 0; i < requests; i++)
        {
            silence.TimedOut(S(until), S(from));
            silence.Ended();
        }
    }

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(5, true)]
    public void Refuse_NothingAnsweredForAWhile_SendsNoMoreAndCountsNoFailure(double now, bool refused)
    {
        silence.Sent(S(0));

        Assert.Equal(refused ? Wait(5) : null, silence.Refuse(S(now)));
    }

    [Fact]
    public void Refuse_NothingUnderWay_IsNoSilence()
    {
        silence.Sent(S(0));
        silence.Answered(S(1));
        silence.Ended();

        Assert.Null(silence.Refuse(S(100)));
    }

    [Fact]
    public void Refuse_SomethingAnswered_BeginsTheWhileAnew()
    {
        silence.Sent(S(0));
        silence.Sent(S(0));
        silence.Answered(S(4));
        silence.Ended();

        Assert.Null(silence.Refuse(S(8.9)));
        Assert.Equal(Wait(5), silence.Refuse(S(9)));
    }

    [Fact]
    public void Refuse_AfterTooManyUnanswered_FailsWhoComesInTheRestAndThenSendsOne()
    {
        LeaveUnanswered(HostSilence.MostUnanswered, 0, 30);

        Assert.Equal(Failure(30), silence.Refuse(S(30)));
        Assert.Equal(Failure(1), silence.Refuse(S(59)));
        Assert.Null(silence.Refuse(S(60)));
        silence.Sent(S(60));
        Assert.Equal(Wait(5), silence.Refuse(S(60)));
        silence.TimedOut(S(90), S(60));
        silence.Ended();
        // Whoever was told to come back in 5 s meets this, and fails.
        Assert.Equal(Failure(26), silence.Refuse(S(94)));
        Assert.False(silence.IsIdleAt(S(94)));
        Assert.True(silence.IsIdleAt(S(120)));
    }

    [Fact]
    public void Refuse_AnAnswerAtLast_LetsEverybodyThrough()
    {
        LeaveUnanswered(10, 0, 30);
        silence.Sent(S(60));
        silence.Answered(S(61));

        Assert.Null(silence.Refuse(S(61)));
        silence.Ended();
        Assert.Null(silence.Refuse(S(61)));
    }

    [Fact]
    public void Refuse_ShortTimeouts_BringsBackInTimeForTheRest()
    {
        LeaveUnanswered(3, 0, 0.2);
        silence.Sent(S(1));

        Assert.Equal(Wait(0.1), silence.Refuse(S(1)));
    }

    [Fact]
    public void TimedOut_BesideAnswers_IsNoSilence()
    {
        for (var i = 0; i < 10; i++)
            silence.Sent(S(0));
        silence.Answered(S(29));
        silence.Ended();
        for (var i = 0; i < 9; i++)
        {
            silence.TimedOut(S(30), S(0));
            silence.Ended();
        }

        Assert.Null(silence.Refuse(S(30)));
    }
}
