using System.Net;

namespace Atbb.AtProto.Network;

/// <summary>An address that a network interface has.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">How many of its bits all addresses on its link have in common.</param>
readonly record struct InterfaceAddress(IPAddress Address, int PrefixLength);
