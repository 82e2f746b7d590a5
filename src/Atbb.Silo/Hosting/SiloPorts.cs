using System.Net.NetworkInformation;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Hosting;

/// <summary>The silo's ports.</summary>
static class SiloPorts
{
    const int FirstSiloPort = 11_111;
    const int FirstGatewayPort = 30_000;
    const int Tried = 1_000;

    /// <summary>
    /// The ports that are set or, for each that is not, the first free one from a fixed start: so a process that was killed comes back where
    /// it was, and its cluster knows it again at once.
    /// </summary>
    public static (int Silo, int Gateway) Choose(ClusterSettings settings) =>
        (
            settings.SiloPort > 0 ? settings.SiloPort : FirstFree(FirstSiloPort),
            settings.GatewayPort > 0 ? settings.GatewayPort : FirstFree(FirstGatewayPort));

    /// <summary>The first port from there up that nobody listens on.</summary>
    public static int FirstFree(int first)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Enumerable.Range(first, Tried).FirstOrDefault(port => !taken.Contains(port)) is var port and > 0
            ? port
            : throw new InvalidOperationException($"No port between {first} and {first + Tried - 1} is free.");
    }
}
