using System.Net;
using System.Net.NetworkInformation;
using Atbb.AtProto.Network;
using Atbb.AtProto.Repo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests.Network;

public sealed class OwnNetworkTests
{
    // An IPv4 address and its neighbours, a link of IPv6, a part of one, an address alone, a prefix that is no link, and what every machine has.
    static readonly (string Address, int PrefixLength)[] Machine =
    [
        ("127.0.0.1", 8),
        ("::1", 128),
        ("fe80::5%2", 64),
        ("9.9.9.9", 24),
        ("2606:4700:1:2::5", 64),
        ("2606:4700:1:3::80", 121),
        ("2606:4700:1:4::5", 128),
        ("2606:4700:aa::5", 48),
    ];

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("fe80::5")]
    [InlineData("fe80::5%7")]
    [InlineData("9.9.9.9")]
    [InlineData("::ffff:9.9.9.9")]
    [InlineData("64:ff9b::909:909")]
    [InlineData("64:ff9b:1::909:909")]
    [InlineData("2606:4700:1:2::5")]
    [InlineData("2606:4700:1:2::5%3")]
    [InlineData("2606:4700:1:2::")]
    [InlineData("2606:4700:1:2:ffff:ffff:ffff:ffff")]
    [InlineData("2606:4700:1:3::ff")]
    [InlineData("2606:4700:1:4::5")]
    [InlineData("2606:4700:aa::5")]
    public void Holds_OwnAddressOrOnLink_Yes(string address) => Assert.True(With(Machine).Holds(IPAddress.Parse(address)));

    [Theory]
    [InlineData("9.9.9.8")]
    [InlineData("::ffff:9.9.9.8")]
    [InlineData("64:ff9b::909:908")]
    [InlineData("2606:4700::909:909")]
    [InlineData("2606:4700:1:1:ffff:ffff:ffff:ffff")]
    [InlineData("2606:4700:1:3::7f")]
    [InlineData("2606:4700:1:3::100")]
    [InlineData("2606:4700:1:4::6")]
    [InlineData("2606:4700:aa::6")]
    public void Holds_AddressOfOthers_No(string address) => Assert.False(With(Machine).Holds(IPAddress.Parse(address)));

    [Fact]
    public void Holds_AddressOfARealInterface_Yes()
    {
        var real = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => !IPAddress.IsLoopback(address));
        // A machine may have nothing but loopback.
        var network = real is null ? With(Machine) : new OwnNetwork(TimeProvider.System);

        Assert.True(network.Holds(real ?? IPAddress.Parse("9.9.9.9")));
    }

    [Fact]
    public void Holds_ManyQuestions_ReadsTheInterfacesOnceAMinute()
    {
        var time = new FakeTimeProvider();
        var own = IPAddress.Parse("9.9.9.9");
        var reads = 0;
        var network = new OwnNetwork(() => ++reads == 1 ? [] : [new InterfaceAddress(own, 24)], time);

        Assert.False(network.Holds(own));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(network.Holds(own));
        Assert.Equal(1, reads);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(network.Holds(own));
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task GetLatestCommit_HostAtOwnPublicAddress_ForbiddenWithoutConnecting()
    {
        var services = new ServiceCollection();
        services.AddSingleton(With(Machine));
        services.AddAtProtoClient();
        await using var provider = services.BuildServiceProvider();

        var e = await Assert.ThrowsAsync<AtProtoException>(() => provider.GetRequiredService<IRepoClient>()
            .GetLatestCommitAsync(new Uri("https://9.9.9.9"), Fakes.Example.Did, TestContext.Current.CancellationToken));

        Assert.Equal(AtProtoFailure.Forbidden, e.Failure);
        Assert.Contains("an address of this machine", e.Message, StringComparison.Ordinal);
    }

    internal static OwnNetwork With(params (string Address, int PrefixLength)[] own) =>
        new(() => own.Select(of => new InterfaceAddress(IPAddress.Parse(of.Address), of.PrefixLength)), TimeProvider.System);
}
