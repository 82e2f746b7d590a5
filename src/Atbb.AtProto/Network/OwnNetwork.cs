using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Atbb.AtProto.Network;

/// <summary>
/// This machine's own addresses, whatever they are: also a public one leads to what listens here, which is often meant for no one else.
/// </summary>
/// <param name="interfaces">Reads the addresses of all interfaces.</param>
/// <param name="time">The clock.</param>
sealed class OwnNetwork(Func<IEnumerable<InterfaceAddress>> interfaces, TimeProvider time)
{
    // Reading them takes milliseconds and some files, too much for each connection; an address that comes new is known soon enough.
    static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    // A shorter prefix is what an operator has of a provider, or the provider itself: its addresses are reached by routers, not on the link.
    const int ShortestLink = 64;

    // An IPv4 address in the last 32 bits: 64:ff9b::/96, and 64:ff9b:1::/48 for a network's own use.
    static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/32");

    readonly Lock gate = new();
    Snapshot? last;

    /// <summary>Of the machine that this runs on.</summary>
    public OwnNetwork(TimeProvider time) : this(ReadInterfaces, time)
    {
    }

    /// <summary>Whether an address is one of this machine's, or of IPv6 on one of its links.</summary>
    public bool Holds(IPAddress address)
    {
        var now = Current();
        var plain = Plain(address);
        return now.Addresses.Contains(plain) || Array.Exists(now.Links, link => link.Contains(plain));
    }

    Snapshot Current()
    {
        lock (gate)
        {
            if (last is null || time.GetElapsedTime(last.ReadAt) >= MaxAge)
                last = Snapshot.Of([.. interfaces()], time.GetTimestamp());
            return last;
        }
    }

    // One form of an address: without the link that it was named with, and IPv4 without the IPv6 around it.
    static IPAddress Plain(IPAddress address) => address switch
    {
        { AddressFamily: not AddressFamily.InterNetworkV6 } => address,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        _ when Nat64.Contains(address) => new IPAddress(address.GetAddressBytes().AsSpan(^4..)),
        _ => new IPAddress(address.GetAddressBytes()),
    };

    // Also those that are down: an address stays the machine's own, and its services listen on all of them.
    static IEnumerable<InterfaceAddress> ReadInterfaces() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        from address in network.GetIPProperties().UnicastAddresses
        select new InterfaceAddress(address.Address, address.PrefixLength);

    sealed record Snapshot(HashSet<IPAddress> Addresses, IPNetwork[] Links, long ReadAt)
    {
        public static Snapshot Of(InterfaceAddress[] all, long readAt) => new(
            [.. all.Select(static own => Plain(own.Address))],
            [.. all.Select(static own => own with { Address = Plain(own.Address) }).Where(IsLink).Select(static own => new IPNetwork(own.Address, own.PrefixLength))],
            readAt);

        static bool IsLink(InterfaceAddress own) => own.Address.AddressFamily is AddressFamily.InterNetworkV6 && own.PrefixLength is >= ShortestLink and <= 128;
    }
}
