using System.Net;
using System.Net.Sockets;
using Atbb.Sample;
using Atbb.Silo.Commands;
using Atbb.Silo.Demo;
using Microsoft.AspNetCore.Connections;

namespace Atbb.Silo.Tests.Demo;

public class DemoPortsTests
{
    [Fact]
    public async Task Take_APortThatIsTakenAfterItWasLookedAt_TakesAnotherOne()
    {
        using var quicker = new TcpListener(IPAddress.Loopback, 0) { ExclusiveAddressUse = true };
        List<int> asked = [];

        await using var pds = await DemoPorts.TakeAsync(DemoPorts.FirstOfPds, port =>
        {
            asked.Add(port);
            if (asked.Count > 1)
                return SamplePds.StartAsync(port: port);
            // Somebody else was quicker, and the PDS itself finds it out.
            quicker.Start();
            return SamplePds.StartAsync(port: ((IPEndPoint)quicker.LocalEndpoint).Port);
        });

        Assert.True(asked.Count > 1);
        Assert.Equal(asked[^1], pds.Origin.Port);
        Assert.Equal(asked.Order().Distinct(), asked);
    }

    [Theory]
    [InlineData(2_583, 5_080)]
    [InlineData(2_584, 5_081)]
    public void FirstOfAdminBeside_APds_IsAnotherOneForEveryPds(int pds, int admin) =>
        Assert.Equal(admin, DemoPorts.FirstOfAdminBeside(new Uri($"http://127.0.0.1:{pds}")));

    [Fact]
    public async Task Take_NoPortToBeHad_AdvisesWhatTheDemoCanDo()
    {
        var failure = await Assert.ThrowsAsync<PortsTakenException>(
            () => DemoPorts.TakeAsync<int>(DemoPorts.FirstOfPds, _ => throw new IOException("taken", new AddressInUseException("taken"))));

        var advice = StartFailure.Explain(failure);
        Assert.Contains("start the demo again", advice, StringComparison.Ordinal);
        Assert.DoesNotContain("--set", advice, StringComparison.Ordinal);
    }
}
