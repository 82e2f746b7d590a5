using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostScheduleTests
{
    static readonly TimeSpan Never = TimeSpan.FromDays(10);

    static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    [Theory]
    [InlineData(3000, 3000, 300, 0)] // enough: our own pace alone
    [InlineData(301, 3000, 300, 0)]
    [InlineData(300, 3000, 300, 1)] // a tenth, made to last
    [InlineData(30, 3000, 300, 10)]
    [InlineData(1, 3000, 300, 300)]
    [InlineData(60, null, 60, 1)] // the whole is not known
    [InlineData(5, 10, 0, 0)] // the window has ended
    [InlineData(5, 10, -30, 0)]
    public void Answered_AllowanceLeft_IsSpreadOverTheWindowWhenItRunsLow(int remaining, int? limit, int resetIn, double secondsApart)
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 0 });

        schedule.Answered(S(0), new RateAllowance(remaining, limit, S(resetIn)));

        Assert.True(schedule.TryTake(S(0), Never, out _));
        Assert.True(schedule.TryTake(S(0), Never, out _));
        Assert.True(schedule.TryTake(S(0), Never, out var wait));
        // A second's worth may go out together, so the third is the first to tell at more than one a second.
        Assert.Equal(S(2 * secondsApart), wait);
    }

    [Fact]
    public void Answered_AllowanceRunsLow_NeverHastensOurOwnPace()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 0.5 });
        schedule.Answered(S(0), new RateAllowance(100, 1000, S(1)));

        schedule.TryTake(S(0), Never, out _);
        schedule.TryTake(S(0), Never, out var wait);

        Assert.Equal(S(2), wait);
    }

    [Fact]
    public void Answered_WindowHasTurned_GoesBackToOurOwnPace()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 0 });
        schedule.Answered(S(0), new RateAllowance(1, 100, S(60)));
        Assert.False(schedule.IsIdleAt(S(59)));
        Assert.True(schedule.IsIdleAt(S(60)));

        for (var i = 0; i < 50; i++)
        {
            Assert.True(schedule.TryTake(S(60), S(60), out var wait));
            Assert.Equal(S(0), wait);
        }
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(7200, 3600)] // no longer than the longest pause
    [InlineData(-10, 0)]
    public void Answered_NothingLeft_PausesUntilTheReset(int resetIn, int pause)
    {
        var schedule = new HostSchedule(new());

        schedule.Answered(S(0), new RateAllowance(0, 3000, S(resetIn)));

        Assert.Equal(S(pause), schedule.PauseLeft(S(0)));
    }

    [Fact]
    public void Pause_ThatTheHostDoesNotExplain_DoublesUntilItAnswersOtherwise()
    {
        var schedule = new HostSchedule(new() { DefaultPause = S(60), MaxPause = S(300) });
        var now = S(0);
        var pauses = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            schedule.Pause(now, asked: null);
            // Others that were under way are refused too: the same refusal, not another one.
            schedule.Pause(now, asked: null);
            pauses.Add(schedule.PauseLeft(now).TotalSeconds);
            now += schedule.PauseLeft(now);
        }

        schedule.Answered(now, allowance: null);
        schedule.Pause(now, asked: null);
        pauses.Add(schedule.PauseLeft(now).TotalSeconds);

        Assert.Equal([60, 120, 240, 300, 300, 60], pauses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-100)]
    public void Pause_OfNothingOrLess_IsASecondAllTheSame(int asked)
    {
        var schedule = new HostSchedule(new());

        schedule.Pause(S(0), S(asked));

        Assert.Equal(S(1), schedule.PauseLeft(S(0)));
    }

    [Fact]
    public void TurnAway_Many_ComeBackAtTheHostsPaceAndWithinAMinute()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 2 });

        var back = Enumerable.Range(0, 200).Select(_ => schedule.TurnAway(S(0), S(5)).TotalSeconds).ToList();

        Assert.Equal([5, 5.5, 6, 6.5], back.Take(4));
        Assert.Equal(65, back.Max());
    }

    [Fact]
    public void TurnAway_NobodyOfTheLineHasComeWhenTheyWereDue_BeginsAnew()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 2 });
        for (var i = 0; i < 200; i++)
            schedule.TurnAway(S(0), S(5));

        // The first one is due after 5 seconds, and those after it every half.
        Assert.Equal(S(59.5), schedule.TurnAway(S(6), S(7)));
        Assert.Equal(S(1), schedule.TurnAway(S(8), S(9)));
    }

    [Fact]
    public void TurnAway_TheLineComesAsItWasTold_KeepsIt()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 2 });
        for (var i = 0; i < 40; i++)
            schedule.TurnAway(S(0), S(5));

        for (var at = S(5); at < S(20); at += S(0.5))
            Assert.True(schedule.TryTake(at, at, out _));

        Assert.Equal(S(5), schedule.TurnAway(S(20), S(21)));
    }

    [Fact]
    public void TurnAway_AfterTheLineHasGone_BeginsAnew()
    {
        var schedule = new HostSchedule(new() { RequestsPerSecond = 1 });
        for (var i = 0; i < 30; i++)
            schedule.TurnAway(S(0), S(1));

        Assert.Equal(S(1), schedule.TurnAway(S(100), S(101)));
    }
}
