using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace Atbb.Client.Connecting;

/// <summary>
/// Where one process takes clients. A name is looked up whenever Orleans asks: a container that comes back has its name, and another address.
/// </summary>
sealed class Gateway(string host, int port) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => ClusterConnection.BetweenLooks;

    public bool IsUpdatable => true;

    /// <summary>Reads an address or a host's name, with a port; null when it is neither.</summary>
    public static Gateway? TryRead(string text)
    {
        if (IPEndPoint.TryParse(text, out var end))
            return end.Port == 0 ? null : new Gateway(end.Address.ToString(), end.Port);

        return text.Split(':') is [var host, var digits] && Uri.CheckHostName(host) is UriHostNameType.Dns
            && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new Gateway(host, port)
            : null;
    }

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        // The one that a silo takes of its own name: it listens on no other.
        var address = (await Dns.GetHostAddressesAsync(host)).OrderBy(static found => found.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).First();
        return [new IPEndPoint(address, port).ToGatewayUri()];
    }
}
