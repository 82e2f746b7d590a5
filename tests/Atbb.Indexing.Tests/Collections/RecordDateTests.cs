using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class RecordDateTests
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("2026-01-02t03:04:05z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.1000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.1234560Z")]
    [InlineData("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05.5-01:00", "2026-01-02T04:04:05.5000000Z")]
    [InlineData("0001-01-01T00:00:01Z", "0001-01-01T00:00:01.0000000Z")]
    [InlineData("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.9999990Z")]
    public void TryParse_DateWithTimeZone_IsUtcToTheMicrosecond(string text, string utc)
    {
        Assert.True(RecordDate.TryParse(text, out var date));
        Assert.Equal(utc, date.ToString("O"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02T03:04Z")]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05Z")]
    [InlineData("2026-13-02T03:04:05Z")]
    [InlineData("2026-02-30T03:04:05Z")]
    [InlineData("2026-01-02T25:04:05Z")]
    [InlineData("2026-01-02T03:04:05.Z")]
    [InlineData("2026-01-02T03:04:05+0530")]
    [InlineData("2026-01-02T03:04:05+24:00")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("12026-01-02T03:04:05Z")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(RecordDate.TryParse(text, out _));
}
