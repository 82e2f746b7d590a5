using Atbb.Grains.Runs;
using Atbb.Testing.Clocks;

namespace Atbb.Grains.Tests.Runs;

public class RunPulseTests
{
    readonly SettableClock time = new();

    [Fact]
    public void Idle_EndsWithRecordsAndRepositoriesAlone()
    {
        var pulse = new RunPulse(time);
        pulse.Begin();
        Assert.Equal(TimeSpan.Zero, pulse.Idle);

        After(minutes: 1);
        pulse.Note(recordsSoFar: 5, didsSoFar: 0);
        After(minutes: 1);
        pulse.Note(recordsSoFar: 5, didsSoFar: 0);
        Assert.Equal(TimeSpan.FromMinutes(1), pulse.Idle);

        After(minutes: 1);
        pulse.Note(recordsSoFar: 5, didsSoFar: 1);
        Assert.Equal(TimeSpan.Zero, pulse.Idle);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Idle_AndPace_TheClockIsSet_GoOnAsBefore(int days)
    {
        var pulse = new RunPulse(time);
        pulse.Begin();
        pulse.Note(recordsSoFar: 0, didsSoFar: 0);
        time.SetBy = TimeSpan.FromDays(days);
        time.Advance(TimeSpan.FromSeconds(5));
        pulse.Note(recordsSoFar: 50, didsSoFar: 5);
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal((10, TimeSpan.FromSeconds(3)), (pulse.RecordsPerSecond, pulse.Idle));
        Assert.Equal(TimeSpan.FromSeconds(20), pulse.TimeForDids(20));
    }

    void After(int minutes) => time.Advance(TimeSpan.FromMinutes(minutes));
}
