using Atbb.AtProto;
using Atbb.Grains.Repos;

namespace Atbb.Grains.Tests.Repos;

public class WaitsTests
{
    static readonly DateTimeOffset Now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(-86400, 0, false)]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(3600, 3600, true)]
    [InlineData(3601, 3600, false)]
    [InlineData(30_000_000_000, 3600, false)]
    public void Left_AndIsAhead_NeverLongerThanTheLongest(long until, long left, bool isAhead)
    {
        Assert.Equal(left, Waits.Left(Now.AddSeconds(until), Now, Hour).TotalSeconds);
        Assert.Equal(isAhead, Waits.IsAhead(Now.AddSeconds(until), Now, Hour));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-3600, true)]
    [InlineData(-3601, false)]
    [InlineData(1, false)]
    [InlineData(30_000_000_000, false)]
    public void IsRecent_NotOlderThanTheAgeAndNotOfTheFuture(long readAt, bool isRecent) =>
        Assert.Equal(isRecent, Waits.IsRecent(Now.AddSeconds(readAt), Now, Hour));

    [Theory]
    [InlineData(5, 0, 60, 60, 61)]
    [InlineData(120, 0, 60, 60, 121)]
    [InlineData(5, 90, 60, 60, 91)]
    [InlineData(5, 0, 30, 60, 61)]
    public void Longest_ByOptions_IsTheGreatestAndTheLineBehindIt(int retry, int deletion, int pds, int plc, int minutes)
    {
        var backfill = new BackfillOptions { RetryMaxDelay = TimeSpan.FromMinutes(retry), DeletionConfirmDelay = TimeSpan.FromMinutes(deletion) };
        var protocol = new AtProtoOptions();
        protocol.Politeness.MaxPause = TimeSpan.FromMinutes(pds);
        protocol.PlcPoliteness.MaxPause = TimeSpan.FromMinutes(plc);

        Assert.Equal(TimeSpan.FromMinutes(minutes), Waits.Longest(backfill, protocol));
    }
}
