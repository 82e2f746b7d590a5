using Atbb.Grains.Repos;

namespace Atbb.Grains.Tests.Repos;

public class BackoffTests
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Cap = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(5, 0, 16)]
    [InlineData(9, 0, 256)]
    [InlineData(10, 0, 300)]
    [InlineData(5000, 0, 300)]
    [InlineData(5, 0.5, 12)]
    [InlineData(5, 0.999999, 8)]
    public void Delay_ByAttempts_DoublesToTheCapLessTheJitter(int attempts, double random, double seconds) =>
        Assert.Equal(seconds, Backoff.Delay(attempts, First, Cap, random).TotalSeconds, precision: 3);
}
