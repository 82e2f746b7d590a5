using Atbb.Indexing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Atbb.Client.Connecting;

/// <summary>
/// The Orleans client, in a host of its own: the application's start does not wait for it, and an application with a cluster of its own keeps that
/// one apart.
/// </summary>
sealed partial class ClusterConnection : IAsyncDisposable
{
    static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    // A service that comes back on another port, or another machine, is found after this long instead of the default's minute.
    internal static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    readonly AtbbClientOptions options;
    readonly ILoggerFactory loggers;
    readonly ILogger logger;
    readonly CancellationTokenSource ends = new();
    readonly Lazy<Task<IHost>> host;
    int disposed;

    public ClusterConnection(AtbbClientOptions options, ILoggerFactory loggers)
    {
        this.options = options;
        this.loggers = loggers;
        logger = loggers.CreateLogger<AtbbClient>();
        host = new(() => Task.Run(ConnectAsync));
        Ended = ends.Token;
    }

    /// <summary>Cancelled when the connection is closed.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why there is no connection yet; null when none has been tried, or there is one.</summary>
    public Exception? Obstacle { get; private set; }

    /// <summary>Where the service is looked for; without a password.</summary>
    public string Place => Server is { } server ? $"the silos in {server.Host}:{server.Port}/{server.Database}" : $"the silo at {options.Gateway}";

    Npgsql.NpgsqlConnectionStringBuilder? Server => options.Database is { } database ? PostgresAddress.TryRead(database.Trim()) : null;

    /// <summary>The grains, as soon as there is a connection; the first call begins to look for one.</summary>
    /// <param name="cancellationToken">Cancelled with <see cref="Ended"/>, if not before.</param>
    public async Task<IGrainFactory> GrainsAsync(CancellationToken cancellationToken)
    {
        // A host that is there is answered with also when the token is cancelled, and has no services when it has ended.
        cancellationToken.ThrowIfCancellationRequested();
        return (await host.Value.WaitAsync(cancellationToken)).Services.GetRequiredService<IClusterClient>();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) is 1)
            return;

        await ends.CancelAsync();
        if (host.IsValueCreated)
            await EndAsync(host.Value);
        ends.Dispose();
    }

    static async Task EndAsync(Task<IHost> connecting)
    {
        try
        {
            using var host = await connecting;
            await host.StopAsync();
        }
        catch (Exception e) when (!connecting.IsCompletedSuccessfully || e is OperationCanceledException)
        {
            // It never came to a connection: why, whoever asked for one was told. Or its end took longer than a host waits for it.
        }
    }

    async Task<IHost> ConnectAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, ConnectionLifetime>();
        builder.UseOrleansClient(client =>
        {
            if (Server is { } server)
                client.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", server.ConnectionString));
            else
                client.Services.AddSingleton<IGatewayListProvider>(Gateway.TryRead(options.Gateway)!);
            client
                .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId))
                .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = BetweenLooks)
                .UseConnectionRetryFilter(WaitAsync);
        });
        var built = builder.Build();
        try
        {
            await built.StartAsync(ends.Token);
        }
        catch
        {
            built.Dispose();
            throw;
        }

        Obstacle = null;
        LogConnected(Place);
        return built;
    }

    // Without an end: whoever waits says for how long.
    async Task<bool> WaitAsync(Exception failure, CancellationToken cancellationToken)
    {
        if (Obstacle?.Message != failure.Message)
            LogNotConnected(Place, failure.Message);
        Obstacle = failure;
        await Task.Delay(BetweenAttempts, cancellationToken);
        return true;
    }

    [LoggerMessage(400, LogLevel.Information, "client.connected: {Place} answered", EventName = "client.connected")]
    partial void LogConnected(string place);

    [LoggerMessage(401, LogLevel.Warning, "client.not_connected: no answer from {Place}, which is asked again every second: {Reason}", EventName = "client.not_connected")]
    partial void LogNotConnected(string place, string reason);
}
