using System.Net;
using System.Net.Sockets;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Tests.Hosting;

public sealed class SiloPortsTests
{
    // Beside those that other tests look for theirs from.
    const int First = 23_000;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void FirstFree_OneIsListenedOnAtAnyAddress_IsTheNext(string address)
    {
        Assert.SkipWhen(address.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var other = new TcpListener(IPAddress.Parse(address), SiloPorts.FirstFree(First));
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.False(SiloPorts.IsFree(taken));
        Assert.True(SiloPorts.FirstFree(taken) > taken);
        other.Stop();
        Assert.True(SiloPorts.IsFree(taken));
    }

    /// <summary>A silo listens on its ports a while after it has chosen them.</summary>
    [Fact]
    public void TakeFirst_AnotherProcessHasChosenItAndDoesNotListenYet_IsTheNextAndStaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names of this kind are Linux's.");
        var free = SiloPorts.FirstFree(First + 500);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(SiloPorts.ClaimOf(free));

        var taken = SiloPorts.TakeFirst(free);

        Assert.True(taken > free, $"{taken}");
        Assert.Equal(taken, SiloPorts.TakeFirst(free));
    }

    [Fact]
    public void Choose_PortsThatAreSet_AreTakenAsTheyAre()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        // That somebody listens there is for the check before the start to say, by the setting's name.
        Assert.Equal((taken, taken), SiloPorts.Choose(new ClusterSettings { SiloPort = taken, GatewayPort = taken }));
    }
}
