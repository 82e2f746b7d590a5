using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Looks, before anything starts, whether the silo can listen where it shall. Found out by the silo, it would be told by the stacks of one that is torn down.
/// </summary>
sealed class SiloPortsCheck(IOptions<EndpointOptions> endpoints) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var silo = endpoints.Value;
        Try(silo.AdvertisedIPAddress, silo.SiloPort, "Atbb:Cluster:SiloPort");
        Try(silo.AdvertisedIPAddress, silo.GatewayPort, "Atbb:Cluster:GatewayPort");
        return Task.CompletedTask;
    }

    static void Try(IPAddress address, int port, string setting)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException($"{setting}, {new IPEndPoint(address, port)}", e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
