using System.Net;
using System.Net.Sockets;

namespace Atbb.Testing.Databases;

/// <summary>Stands between a client and a PostgreSQL server on loopback, and sees what the client sends.</summary>
public abstract class PostgresRelay : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly int port;
    readonly Task serving;

    /// <summary>Listens on a port that is free.</summary>
    /// <param name="url">The database.</param>
    protected PostgresRelay(string url)
    {
        port = new UriBuilder(url).Port;
        listener.Start();
        Url = new UriBuilder(url) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.OriginalString;
        serving = ServeAsync();
    }

    /// <summary>The database, by way of this relay.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        // Not before: one that has stopped refuses to be waited at, and does not say that the waiting was cancelled.
        listener.Stop();
        stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Passes on what one client sends. When it ends, so does the connection, on both sides.</summary>
    protected abstract Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken);

    /// <summary>Passes on what the server answers to one client.</summary>
    protected virtual Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken) => from.CopyToAsync(to, cancellationToken);

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
                AnswerAsync(upstream.GetStream(), client.GetStream(), ends.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has gone, and the other goes with it.
        }

        await ends.CancelAsync();
    }
}
