using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Atbb.AtProto.Network;

/// <summary>The one place where this service's outgoing connections are set up.</summary>
static class GuardedHandler
{
    /// <param name="options">Where connections may go, and how long they may take.</param>
    /// <param name="requestsAtOnce">How many requests one host may have under way; 0 is no limit.</param>
    /// <param name="guard">What is connected to, unless private addresses are allowed.</param>
    public static SocketsHttpHandler Create(NetworkOptions options, int requestsAtOnce, AddressGuard guard) => new()
    {
        // A redirect leads where nobody has checked, and a proxy would make the address check meaningless: it is the proxy's that is checked.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // Done where the sizes are watched.
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        MaxConnectionsPerServer = options.MaxConnectionsPerServer ?? (requestsAtOnce is 0 or > int.MaxValue / 2 ? int.MaxValue : requestsAtOnce * 2),
        // Names are resolved, and checked, anew this often.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A certificate may name an address where its issuer's is to be had. That would be fetched past every guard here, and a stranger has written it.
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
        ConnectCallback = options.AllowPrivateAddresses ? null : guard.ConnectPublicAsync,
    };
}
