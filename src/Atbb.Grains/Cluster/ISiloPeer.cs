using Orleans.Concurrency;
using Orleans.Services;

namespace Atbb.Grains.Cluster;

/// <summary>What a silo may be told or asked by the others of its cluster.</summary>
[Alias("atbb.ISiloPeer")]
public interface ISiloPeer : IGrainService
{
    /// <summary>A host has asked the caller for a pause, and so this silo too.</summary>
    /// <param name="origin">The host's origin.</param>
    /// <param name="length">How long.</param>
    [Alias("Pause"), OneWay]
    Task PauseAsync(string origin, TimeSpan length);

    /// <summary>The hosts that this silo asks, the busiest first.</summary>
    /// <param name="most">At most so many.</param>
    [Alias("ListHosts"), ResponseTimeout("00:00:02")]
    Task<IReadOnlyList<AskedHost>> ListHostsAsync(int most);

    /// <summary>
    /// The caller does not reach the database. If this silo does, it has the cluster take the caller for dead, so that its repositories go on
    /// elsewhere at once; the caller then ends itself.
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <returns>Whether it was done. If not, nobody is better off than the caller, as far as this silo knows.</returns>
    [Alias("TakeOver"), ResponseTimeout("00:00:10")]
    Task<bool> TakeOverAsync(SiloAddress caller);
}
