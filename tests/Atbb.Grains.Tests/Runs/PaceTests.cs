using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class PaceTests
{
    [Fact]
    public void PerSecond_BeforeTwoSamples_IsZeroAndTellsNoTime()
    {
        var pace = new Pace(TimeSpan.FromSeconds(10));
        pace.Note(TimeSpan.Zero, 100);

        Assert.Equal(0, pace.PerSecond);
        Assert.Null(pace.TimeFor(5));
    }

    [Fact]
    public void PerSecond_OverTheWindow_ForgetsWhatLiesBefore()
    {
        var pace = new Pace(TimeSpan.FromSeconds(10));
        for (var second = 0; second <= 100; second++)
            pace.Note(TimeSpan.FromSeconds(second), second < 50 ? second * 1000 : 50_000 + second);

        Assert.Equal(1, pace.PerSecond, precision: 3);
        Assert.Equal(TimeSpan.FromSeconds(60), pace.TimeFor(60));
    }

    [Fact]
    public void TimeFor_NothingLeft_IsZero() => Assert.Equal(TimeSpan.Zero, new Pace(TimeSpan.FromSeconds(1)).TimeFor(0));
}
