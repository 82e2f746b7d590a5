namespace Atbb.Silo.Admin;

/// <summary>The hosts that are asked.</summary>
/// <param name="Hosts">The busiest first; at most 20.</param>
/// <param name="SilosSilent">Silos that did not answer in time: what they ask is missing.</param>
sealed record HostsAnswer(IReadOnlyList<HostAnswer> Hosts, int SilosSilent);
