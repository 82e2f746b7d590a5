using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;

namespace Atbb.AtProto;

/// <summary>How the AT Protocol is spoken. Bindable from configuration.</summary>
public sealed class AtProtoOptions
{
    /// <summary>Origin of the directory that knows did:plc. Default https://plc.directory; https, unless private addresses are allowed.</summary>
    public Uri PlcDirectory { get; set; } = new("https://plc.directory");

    /// <summary>DID documents kept in memory, a few hundred bytes each. Default 4,096; 0 keeps none.</summary>
    public int DidCacheSize { get; set; } = 4_096;

    /// <summary>What a request may cost, and where it may go.</summary>
    public NetworkOptions Network { get; set; } = new();

    /// <summary>How much is asked of one PDS (and of one host of did:web).</summary>
    public PolitenessOptions Politeness { get; set; } = new();

    /// <summary>How much is asked of the PLC directory. By default without a pace, since every account is looked up there and few ever again.</summary>
    public PolitenessOptions PlcPoliteness { get; set; } = new() { RequestsPerSecond = 0 };

    /// <summary>
    /// Hosts that have never answered and are asked all the same, one thing at a time, at once. Default 128: half of the repositories that a run
    /// reads at once by default, so that the other half is left for hosts that answer.
    /// </summary>
    public int HostsOnTrial { get; set; } = 128;

    /// <summary>Everything wrong with these options, each fault with its property's key (<c>Network:RequestTimeout</c>).</summary>
    public IReadOnlyList<string> FindFaults() => AtProtoOptionsValidator.FindFaults(this);
}
