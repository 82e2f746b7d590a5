using System.Net;
using System.Net.Sockets;
using Atbb.Silo.Configuration;
using Microsoft.AspNetCore.Connections;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Looks, before anything starts, whether the admin HTTP can listen where it shall. Found out by the web server, after the silo has joined its
/// cluster, it would be told by the stacks of a silo that is torn down.
/// </summary>
sealed class AdminAddressCheck(AtbbSettings settings) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var url = new Uri(settings.Admin.Url);
        var address = IPAddress.TryParse(url.Host.Trim('[', ']'), out var given) ? given : url.IsLoopback ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(address, url.Port);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            // As the web server says it.
            throw new IOException($"Failed to bind to address {settings.Admin.Url}: address already in use.", new AddressInUseException(e.Message, e));
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
