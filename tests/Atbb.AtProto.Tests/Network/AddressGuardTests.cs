using System.Net;
using Atbb.AtProto.Network;
using Atbb.AtProto.Tests.Fakes;
using Atbb.Testing.Network;

namespace Atbb.AtProto.Tests.Network;

public sealed class AddressGuardTests
{
    static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void IsPublic_SpecialAddress_Refuses(string address) => Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e")]
    public void IsPublic_PublicAddress_Accepts(string address) => Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Admit_NameWithPrivateAddressesAmongPublicOnes_LeavesThePublic()
    {
        IPAddress[] resolved = [.. new[] { "2606:4700:4700::1111", "127.0.0.1", "1.1.1.1", "::1", "10.0.0.1" }.Select(IPAddress.Parse)];

        Assert.Equal(["1.1.1.1", "2606:4700:4700::1111"], With().Admit("pds.example", resolved).Select(address => address.ToString()));
    }

    [Fact]
    public void Admit_NameWithOwnAddressesAmongOthers_LeavesTheOthers()
    {
        IPAddress[] resolved = [.. new[] { "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2606:4700:4700:1::1" }.Select(IPAddress.Parse)];

        var admitted = With(("1.1.1.1", 24), ("2606:4700:4700::5", 64)).Admit("pds.example", resolved);

        Assert.Equal(["8.8.8.8", "2606:4700:4700:1::1"], admitted.Select(address => address.ToString()));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("2606:4700:4700::5")]
    [InlineData("2606:4700:4700::1111")]
    public void Admit_OwnPublicAddress_Forbidden(string address)
    {
        var guard = With(("1.1.1.1", 24), ("2606:4700:4700::5", 64));

        var e = Assert.Throws<AtProtoException>(() => guard.Admit("evil.example", [IPAddress.Parse(address)]));

        Assert.Equal(AtProtoFailure.Forbidden, e.Failure);
        Assert.Contains("an address of this machine", e.Message, StringComparison.Ordinal);
    }

    static AddressGuard With(params (string Address, int PrefixLength)[] own) => new(OwnNetworkTests.With(own));

    // The name is only known to be bad once it is resolved: what a DNS rebinding relies on.
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    public async Task GetLatestCommit_HostAtLoopback_ForbiddenWithoutConnecting(string host)
    {
        await using var server = LoopbackServer.Writing("HTTP/1.1 200 OK\r\n\r\n");
        using var client = new TestClient(time: TimeProvider.System);
        var pds = new Uri($"https://{host}:{server.Port}");

        var e = await Assert.ThrowsAsync<AtProtoException>(
            () => client.Repo.GetLatestCommitAsync(pds, Example.Did, TestContext.Current.CancellationToken));

        Assert.Equal(AtProtoFailure.Forbidden, e.Failure);
        Assert.Contains("not an address of the public Internet", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsTransient);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task GetLatestCommit_PlainHttp_ForbiddenWithoutConnecting()
    {
        await using var server = LoopbackServer.Writing("HTTP/1.1 200 OK\r\n\r\n");
        using var client = new TestClient(time: TimeProvider.System);

        var e = await Assert.ThrowsAsync<AtProtoException>(
            () => client.Repo.GetLatestCommitAsync(server.Origin, Example.Did, TestContext.Current.CancellationToken));

        Assert.Equal(AtProtoFailure.Forbidden, e.Failure);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task GetLatestCommit_Redirect_NotFollowed()
    {
        await using var target = LoopbackServer.Writing("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        await using var server = LoopbackServer.Writing($"HTTP/1.1 302 Found\r\nLocation: {target.Origin}\r\nContent-Length: 0\r\n\r\n");
        using var client = TestClient.OnLoopback();

        var e = await Assert.ThrowsAsync<AtProtoException>(
            () => client.Repo.GetLatestCommitAsync(server.Origin, Example.Did, TestContext.Current.CancellationToken));

        Assert.Equal(AtProtoFailure.Redirected, e.Failure);
        Assert.Contains(target.Origin.ToString().TrimEnd('/'), e.Message, StringComparison.Ordinal);
        Assert.Equal(0, target.Connections);
    }

    /// <summary>Where the issuer's certificate is to be had stands in the certificate, which whoever wrote the DID document wrote too.</summary>
    [Fact]
    public async Task GetLatestCommit_CertificateThatNamesAnAddress_IsNotFetchedFromThere()
    {
        await using var own = LoopbackServer.Writing("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(LoopbackServer.Host, from: -OneDay, until: OneDay, issuerAt: $"{own.Origin}admin/delete-everything");
        await using var server = LoopbackServer.OverTls(certificate, "");
        using var client = TestClient.OnLoopback(options => options.Network.MaxRetries = 0);

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.GetLatestCommitAsync(server.SecureOrigin, Example.Did, TestContext.Current.CancellationToken));

        Assert.Contains("PartialChain", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, own.Connections);
    }
}
