using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class RunPulseTests
{
    static readonly DateTimeOffset Begun = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void LastProgressAt_MovesWithRecordsAndRepositoriesAlone()
    {
        var pulse = new RunPulse();
        pulse.Begin(Begun);
        Assert.Equal(Begun, pulse.LastProgressAt);

        pulse.Note(Begun.AddMinutes(1), recordsSoFar: 5, didsSoFar: 0);
        pulse.Note(Begun.AddMinutes(2), recordsSoFar: 5, didsSoFar: 0);
        Assert.Equal(Begun.AddMinutes(1), pulse.LastProgressAt);

        pulse.Note(Begun.AddMinutes(3), recordsSoFar: 5, didsSoFar: 1);
        Assert.Equal(Begun.AddMinutes(3), pulse.LastProgressAt);
    }
}
