using System.Net;
using System.Net.Sockets;

namespace Atbb.Testing.Databases;

/// <summary>
/// Stands between a client and a PostgreSQL server on loopback and counts what the client sends, message by message: exact, whatever the
/// driver calls its doings, and for every connection of the process that goes by it.
/// </summary>
public sealed class PostgresMeter : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly int port;
    readonly Task serving;
    readonly Lock gate = new();
    PostgresTraffic traffic;

    /// <summary>Listens on a port that is free.</summary>
    /// <param name="url">The database.</param>
    public PostgresMeter(string url)
    {
        port = new UriBuilder(url).Port;
        listener.Start();
        Url = new UriBuilder(url) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.OriginalString;
        serving = ServeAsync();
    }

    /// <summary>The database, by way of this meter.</summary>
    public string Url { get; }

    /// <summary>What was sent so far, or since <see cref="Clear"/>.</summary>
    public PostgresTraffic Traffic
    {
        get
        {
            lock (gate)
                return traffic;
        }
    }

    /// <summary>Begins at nought again.</summary>
    public void Clear()
    {
        lock (gate)
            traffic = default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ConnectAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    async Task ConnectAsync(TcpClient client)
    {
        using var _ = client;
        using var upstream = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, port, ends.Token);
            await await Task.WhenAny(
                ForwardAsync(client.GetStream(), upstream.GetStream(), ends.Token),
                upstream.GetStream().CopyToAsync(client.GetStream(), ends.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One side has gone, and the other goes with it.
        }

        await ends.CancelAsync();
    }

    async Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var messages = new PostgresMessages();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            // Before they are passed on: whoever has his answer finds his question counted.
            foreach (var message in messages.Read(buffer.AsSpan(0, length)))
                Count(message);
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }

    void Count(PostgresMessage message)
    {
        lock (gate)
        {
            traffic = message switch
            {
                PostgresMessage.Begin => traffic with { Transactions = traffic.Transactions + 1 },
                PostgresMessage.End or PostgresMessage.Sync => traffic with { RoundTrips = traffic.RoundTrips + 1 },
                PostgresMessage.Execute => traffic with { Statements = traffic.Statements + 1 },
                PostgresMessage.Query => traffic with { Statements = traffic.Statements + 1, RoundTrips = traffic.RoundTrips + 1 },
                _ => throw new InvalidOperationException($"There is no message {message}."),
            };
        }
    }
}
