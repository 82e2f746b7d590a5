using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atbb.Testing.Network;

/// <summary>A server on a real socket, for what happens below HTTP. Every connection is answered by the same script.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task serving;
    int connections;

    /// <summary>Listens on a port that is free.</summary>
    public LoopbackServer(Func<NetworkStream, CancellationToken, Task> script)
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync(script);
    }

    /// <summary>Its port on loopback.</summary>
    public int Port { get; }

    /// <summary>Connections made to it so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Its address, without TLS.</summary>
    public Uri Origin => new($"http://127.0.0.1:{Port}");

    /// <summary>Writes the given text and closes.</summary>
    public static LoopbackServer Writing(string answer) => Writing(Encoding.Latin1.GetBytes(answer));

    /// <summary>Writes the given bytes and closes.</summary>
    public static LoopbackServer Writing(byte[] answer) => new(async (stream, token) => await stream.WriteAsync(answer, token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> script)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                open.Add(AnswerAsync(client, script));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    async Task AnswerAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> script)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = new byte[8192];
                _ = await stream.ReadAsync(request, stop.Token);
                await script(stream, stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client gave up, or the test is over: both are what some tests are about.
            }
        }
    }
}
