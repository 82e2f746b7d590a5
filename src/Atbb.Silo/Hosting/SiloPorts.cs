using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Hosting;

/// <summary>The silo's ports.</summary>
static class SiloPorts
{
    const int FirstSiloPort = 11_111;
    const int FirstGatewayPort = 30_000;
    const int Tried = 1_000;

    static readonly ConcurrentDictionary<int, Socket> Claims = [];

    /// <summary>
    /// The ports that are set or, for each that is not, the first free one from a fixed start: so a process that was killed comes back where
    /// it was, and its cluster knows it again at once.
    /// </summary>
    public static (int Silo, int Gateway) Choose(ClusterSettings settings) => Choose(settings, FirstFree);

    /// <summary>The same, to be listened on by and by: another process that chooses meanwhile is to choose others.</summary>
    public static (int Silo, int Gateway) Take(ClusterSettings settings) => Choose(settings, TakeFirst);

    static (int Silo, int Gateway) Choose(ClusterSettings settings, Func<int, int> choose) =>
        (
            settings.SiloPort > 0 ? settings.SiloPort : choose(FirstSiloPort),
            settings.GatewayPort > 0 ? settings.GatewayPort : choose(FirstGatewayPort));

    /// <summary>The first port from there up that nobody listens on.</summary>
    public static int FirstFree(int first) => First(first, IsFree);

    /// <summary>The first port from there up that nobody listens on, nor another process is going to.</summary>
    internal static int TakeFirst(int first) => First(first, static port => IsFree(port) && Claim(port));

    static int First(int first, Func<int, bool> suits) => Enumerable.Range(first, Tried).FirstOrDefault(suits) is var port and > 0
        ? port
        : throw new InvalidOperationException($"No port between {first} and {first + Tried - 1} is free.");

    /// <summary>The name under which a process claims a port that it does not listen on yet. Like ports it is the machine's, or the container's, and goes with its process.</summary>
    internal static UnixDomainSocketEndPoint ClaimOf(int port) => new($"\0atbb-port-{port}");

    // Other systems have no such names: there, of two processes that choose in the same second, one may end with its port taken.
    static bool Claim(int port)
    {
        if (!OperatingSystem.IsLinux() || Claims.ContainsKey(port))
            return true;

        Socket? claim = null;
        try
        {
            claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            claim.Bind(ClaimOf(port));
        }
        catch (SocketException e)
        {
            claim?.Dispose();
            // Where sockets or names of this kind are forbidden, the port is as good as without.
            return e.SocketErrorCode is not SocketError.AddressAlreadyInUse;
        }

        // Kept as long as the process: a silo that is started again in it comes back where it was.
        Claims[port] = claim;
        return true;
    }

    /// <summary>Whether nobody listens on a port, on whichever of this machine's addresses.</summary>
    /// <remarks>Tried and not looked up: to list all listeners takes the kernel 13 ms on a large machine, and a start asks three times.</remarks>
    // Linux refuses all addresses when one of them is listened on. Other systems do not, so the one that silos mostly have is tried as well.
    public static bool IsFree(int port) =>
        CanBind(port, static socket => socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any)
        && CanBind(port, static socket => socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.Loopback.MapToIPv6() : IPAddress.Loopback);

    static bool CanBind(int port, Func<Socket, IPAddress> address)
    {
        // Of both families where there are both.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address(socket), port));
            return true;
        }
        // The latter where Windows keeps a port for somebody.
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
