using System.Globalization;
using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class TidTests
{
    [Theory]
    [InlineData("3jzfcijpj2z2a")]
    [InlineData("7777777777777")]
    [InlineData("3zzzzzzzzzzzz")]
    [InlineData("2222222222222")]
    [InlineData("jzzzzzzzzzzzz")]
    public void TryParse_Valid_Accepts(string text) => Assert.True(Tid.TryParse(text, out var tid) && tid.Value == text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3jzfcijpj2z21")]
    [InlineData("0000000000000")]
    [InlineData("3JZFCIJPJ2Z2A")]
    [InlineData("3jzfcijpj2z2aa")]
    [InlineData("3jzfcijpj2z2")]
    [InlineData("222")]
    [InlineData("3jzf-cij-pj2z-2a")]
    [InlineData("zzzzzzzzzzzzz")]
    [InlineData("kjzfcijpj2z2a")]
    [InlineData("3jzfcijpj2z2!")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(Tid.TryParse(text, out _));

    [Theory]
    [InlineData("1970-01-01T00:00:00.000000Z", 0)]
    [InlineData("2023-06-12T01:02:03.456789Z", 0)]
    [InlineData("2026-08-01T23:59:59.999999Z", 1023)]
    [InlineData("2100-01-01T00:00:00.000001Z", 511)]
    public void FromTime_AnyMoment_RoundTrips(string moment, int clock)
    {
        var time = DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);

        var tid = Tid.FromTime(time, clock);

        Assert.Equal(time, tid.Time);
        Assert.Equal(tid, Tid.Parse(tid.Value));
    }

    [Fact]
    public void FromTime_LaterOrOtherClock_SortsAfter()
    {
        var time = DateTimeOffset.UnixEpoch.AddYears(50);
        var tids = new[] { Tid.FromTime(time, 0), Tid.FromTime(time, 1), Tid.FromTime(time.AddMicroseconds(1), 0), Tid.FromTime(time.AddYears(1), 0) };

        Assert.Equal(tids, tids.Order());
        Assert.True(tids[0] < tids[1] && tids[3] > tids[2] && tids[0] <= tids[1] && tids[3] >= tids[2]);
        Assert.Equal(tids.Length, tids.Distinct().Count());
    }

    [Fact]
    public void Time_KnownTid_IsTheMomentOfItsMaking() =>
        Assert.Equal(2023, Tid.Parse("3jzfcijpj2z2a").Time.Year);

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void FromTime_ClockOutOfRange_Throws(int clock) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tid.FromTime(DateTimeOffset.UnixEpoch, clock));

    [Fact]
    public void FromTime_Before1970_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tid.FromTime(DateTimeOffset.UnixEpoch.AddTicks(-1), 0));
}
