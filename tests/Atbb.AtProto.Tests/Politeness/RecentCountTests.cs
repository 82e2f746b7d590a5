using Atbb.AtProto.Politeness;

namespace Atbb.AtProto.Tests.Politeness;

public class RecentCountTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(9, 2)]
    [InlineData(49, 2)]
    [InlineData(60, 1)]
    [InlineData(70, 0)]
    [InlineData(100_000, 0)]
    public void At_AfterSomeTime_CountsTheLastMinute(int seconds, int count)
    {
        var sent = new RecentCount();
        sent.Add(TimeSpan.Zero);
        sent.Add(TimeSpan.FromSeconds(seconds < 10 ? 0 : 10));

        Assert.Equal(count, sent.At(TimeSpan.FromSeconds(seconds)));
    }
}
