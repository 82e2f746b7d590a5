using System.Net;

namespace Atbb.AtProto.Network;

/// <summary>The one place where this service's outgoing connections are set up.</summary>
static class GuardedHandler
{
    public static SocketsHttpHandler Create(NetworkOptions options) => new()
    {
        // A redirect leads where nobody has checked, and a proxy would make the address check meaningless: it is the proxy's that is checked.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
        ConnectTimeout = options.ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        MaxConnectionsPerServer = options.MaxConnectionsPerServer,
        // Names are resolved, and checked, anew this often.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = options.AllowPrivateAddresses ? null : AddressGuard.ConnectPublicAsync,
    };
}
