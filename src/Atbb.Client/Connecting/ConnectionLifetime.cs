using Microsoft.Extensions.Hosting;

namespace Atbb.Client.Connecting;

/// <summary>No signal ends the connection's host: they are the application's, and the connection ends with its client.</summary>
sealed class ConnectionLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
