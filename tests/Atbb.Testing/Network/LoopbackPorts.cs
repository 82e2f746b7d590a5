using System.Net;
using System.Net.Sockets;

namespace Atbb.Testing.Network;

/// <summary>
/// Ports for servers that begin to listen later, or come back where they were. Below those the system gives to whoever asks for any, and to outgoing
/// connections: these must not take one while its owner is away.
/// </summary>
public static class LoopbackPorts
{
    const int First = 13_000;
    const int Count = 12_000;

    // Test processes that run side by side begin at different places.
    static int next = Environment.ProcessId * 97 % Count;

    /// <summary>A port that nobody listens on, and that no other test of this process is given.</summary>
    public static int Take()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + Interlocked.Increment(ref next) % Count;
            if (IsFree(port))
                return port;
        }

        throw new InvalidOperationException("No port is free.");
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
