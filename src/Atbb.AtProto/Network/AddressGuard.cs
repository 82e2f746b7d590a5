using System.Net;
using System.Net.Sockets;

namespace Atbb.AtProto.Network;

/// <summary>
/// Connects to public addresses only, and to none of this machine's own. The check stands where the connection is made, on the very address that is connected to: a check of
/// the name beforehand could be passed with one answer of the DNS and connected with another.
/// </summary>
/// <param name="own">This machine's own addresses.</param>
sealed class AddressGuard(OwnNetwork own)
{
    /// <summary>Not of the public Internet: https://www.iana.org/assignments/iana-ipv4-special-registry</summary>
    static readonly IPNetwork[] SpecialV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),       // this host
        IPNetwork.Parse("10.0.0.0/8"),      // private
        IPNetwork.Parse("100.64.0.0/10"),   // carrier-grade NAT; a cloud's metadata at 100.100.100.200
        IPNetwork.Parse("127.0.0.0/8"),     // loopback
        IPNetwork.Parse("168.63.129.16/32"), // a cloud's host agent, at an address that only looks public
        IPNetwork.Parse("169.254.0.0/16"),  // link-local; metadata of most clouds at 169.254.169.254
        IPNetwork.Parse("172.16.0.0/12"),   // private
        IPNetwork.Parse("192.0.0.0/24"),    // protocol assignments; a cloud's metadata at 192.0.0.192
        IPNetwork.Parse("192.0.2.0/24"),    // documentation
        IPNetwork.Parse("192.88.99.0/24"),  // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"),  // private
        IPNetwork.Parse("198.18.0.0/15"),   // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"),  // documentation
        IPNetwork.Parse("224.0.0.0/4"),     // multicast
        IPNetwork.Parse("240.0.0.0/4"),     // reserved, broadcast
    ];

    /// <summary>
    /// All of IPv6 that is given out to the public. Whatever is outside (loopback, unspecified, link-local, unique local, multicast,
    /// IPv4-mapped, NAT64) needs no entry below.
    /// </summary>
    static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    /// <summary>What is special inside it: https://www.iana.org/assignments/iana-ipv6-special-registry</summary>
    static readonly IPNetwork[] SpecialV6 =
    [
        IPNetwork.Parse("2001::/23"),     // protocol assignments; Teredo carries an IPv4 address inside
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("2002::/16"),     // 6to4 carries an IPv4 address inside
        IPNetwork.Parse("3fff::/20"),     // documentation
    ];

    /// <summary>Whether an address is one of the public Internet.</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Array.Exists(SpecialV4, network => network.Contains(address)),
        // Apart: an IPNetwork of IPv6 may take an IPv4-mapped address for a member.
        AddressFamily.InterNetworkV6 when address.IsIPv4MappedToIPv6 => false,
        AddressFamily.InterNetworkV6 => GlobalV6.Contains(address) && !Array.Exists(SpecialV6, network => network.Contains(address)),
        _ => false,
    };

    /// <summary>
    /// A host's addresses that may be connected to. Of a name with other addresses among such ones they are left: a name is its
    /// owner's to point, and the others gain nothing by it.
    /// </summary>
    /// <exception cref="AtProtoException">There are none but others.</exception>
    public IPAddress[] Admit(string host, IPAddress[] resolved)
    {
        var addresses = Array.FindAll(resolved, address => IsPublic(address) && !own.Holds(address));
        if (addresses.Length == 0 && resolved.Length > 0)
        {
            var what = Array.Exists(resolved, IsPublic) ? "an address of this machine or of its own link" : "not an address of the public Internet";
            throw new AtProtoException(AtProtoFailure.Forbidden, $"{host} is at {string.Join<IPAddress>(", ", resolved)}, which is {what}");
        }

        // IPv4 first: where a machine has an IPv6 address and no route, trying that one first would use up the time to connect.
        Array.Sort(addresses, static (a, b) => a.AddressFamily.CompareTo(b.AddressFamily));
        return addresses;
    }

    /// <summary>Connects to a host at a public address, or refuses.</summary>
    public async ValueTask<Stream> ConnectPublicAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = Admit(host, await NameLookup.FindAsync(host, cancellationToken).ConfigureAwait(false));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
