using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Atbb.Testing.Network;

/// <summary>A server on a real socket, for what happens below HTTP. Every connection is answered by the same script.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task serving;
    int connections;

    /// <summary>Listens on a port that is free, and begins the script when something has been asked.</summary>
    public LoopbackServer(Func<NetworkStream, CancellationToken, Task> script)
        : this(ReadRequestAsync, script)
    {
    }

    LoopbackServer(Func<Stream, CancellationToken, Task> greet, Func<NetworkStream, CancellationToken, Task> script)
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync(async (stream, token) =>
        {
            await greet(stream, token);
            await script(stream, token);
        });
    }

    /// <summary>Its port on loopback.</summary>
    public int Port { get; }

    /// <summary>Connections made to it so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Its address, without TLS.</summary>
    public Uri Origin => new($"http://127.0.0.1:{Port}");

    /// <summary>Its address with TLS, by the name that certificates for it bear.</summary>
    public Uri SecureOrigin => new($"https://{Host}:{Port}");

    /// <summary>Whom a certificate for it names.</summary>
    public const string Host = "localhost";

    /// <summary>Shows a certificate, and answers whoever takes it.</summary>
    public static LoopbackServer OverTls(X509Certificate2 certificate, string answer) => new(
        greet: static (_, _) => Task.CompletedTask,
        async (stream, token) =>
        {
            await using var tls = new SslStream(stream);
            // Offline: a server would go for the issuer as well.
            var shown = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = shown }, token);
            await ReadRequestAsync(tls, token);
            await tls.WriteAsync(Encoding.Latin1.GetBytes(answer), token);
        });

    /// <summary>Writes the given text and closes.</summary>
    public static LoopbackServer Writing(string answer) => Writing(Encoding.Latin1.GetBytes(answer));

    /// <summary>Writes the given bytes and closes.</summary>
    public static LoopbackServer Writing(byte[] answer) => new(async (stream, token) => await stream.WriteAsync(answer, token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        // Not before: one that has stopped refuses to be waited at, and does not say that the waiting was cancelled.
        listener.Stop();
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

    static async Task ReadRequestAsync(Stream stream, CancellationToken cancellationToken) =>
        _ = await stream.ReadAsync(new byte[8192], cancellationToken);

    async Task AnswerAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> script)
    {
        using (client)
        {
            try
            {
                await script(client.GetStream(), stop.Token);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
            {
                // The client gave up, or the test is over: both are what some tests are about.
            }
        }
    }
}
