using Atbb.Silo.Configuration;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Tests.Remote;

public class AdminAddressTests
{
    [Theory]
    [InlineData(null, "http://127.0.0.1:5080/")]
    [InlineData("http://0.0.0.0:81", "http://127.0.0.1:81/")]
    [InlineData("http://[::]:81", "http://[::1]:81/")]
    [InlineData("https://forum.example.com/atbb", "https://forum.example.com/atbb/")]
    public void Of_WhatIsGiven_IsWhereToAsk(string? url, string asked) =>
        Assert.Equal(asked, AdminAddress.Of(url, null, new AdminSettings()).Url.ToString());

    [Fact]
    public void Of_CommandLineOverSettings_AndTheRestFromThem()
    {
        var settings = new AdminSettings { Url = "http://0.0.0.0:99", Token = "configured" };

        Assert.Equal(new AdminAddress(new Uri("http://127.0.0.1:99/"), "configured"), AdminAddress.Of(null, null, settings));
        Assert.Equal(new AdminAddress(new Uri("http://there:1/"), "given"), AdminAddress.Of("http://there:1", "given", settings));
    }

    [Theory]
    [InlineData("here")]
    [InlineData("ftp://there")]
    [InlineData("127.0.0.1:5080")]
    public void Of_NoAddress_IsBadUsage(string url) =>
        Assert.Contains("--url", Assert.Throws<BadSettingsException>(() => AdminAddress.Of(url, null, new AdminSettings())).Message, StringComparison.Ordinal);
}
