using System.Net;
using System.Net.Sockets;

namespace Atbb.Testing.Databases;

/// <summary>Stands between a client and a PostgreSQL server on loopback, and can cut a connection inside a commit.</summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    // A simple query, as the driver sends it: https://www.postgresql.org/docs/current/protocol-message-formats.html
    static readonly byte[] Commit = [(byte)'Q', 0, 0, 0, 11, .. "COMMIT\0"u8];

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly UriBuilder server;
    readonly Task serving;
    readonly Lock gate = new();
    CommitCut? next;

    /// <summary>Listens on a port that is free.</summary>
    /// <param name="url">The database.</param>
    public PostgresProxy(string url)
    {
        server = new UriBuilder(url);
        listener.Start();
        Url = new UriBuilder(url) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.OriginalString;
        serving = ServeAsync();
    }

    /// <summary>The database, by way of this proxy.</summary>
    public string Url { get; }

    /// <summary>Cuts the next commit, and none after it.</summary>
    public void CutNext(CommitCut cut)
    {
        lock (gate)
            next = cut;
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
        using var upstream = new TcpClient();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, server.Port, ends.Token);
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

    // Ends where the connection is to be cut, with both sides closed by the caller.
    async Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            if (TakeCut(buffer.AsSpan(0, length)) is not { } cut)
            {
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                continue;
            }

            if (cut is CommitCut.BeforeTheAnswer)
                await CommitAloneAsync(from, to, buffer.AsMemory(0, length), cancellationToken);
            return;
        }
    }

    // The client's socket is shut first, so that the answer, which comes when the commit is done, finds nobody.
    static async Task CommitAloneAsync(NetworkStream client, NetworkStream to, ReadOnlyMemory<byte> commit, CancellationToken cancellationToken)
    {
        client.Socket.Shutdown(SocketShutdown.Both);
        client.Close();
        await to.WriteAsync(commit, cancellationToken);
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    CommitCut? TakeCut(ReadOnlySpan<byte> sent)
    {
        lock (gate)
        {
            if (next is not { } cut || sent.IndexOf(Commit) < 0)
                return null;
            next = null;
            return cut;
        }
    }
}
