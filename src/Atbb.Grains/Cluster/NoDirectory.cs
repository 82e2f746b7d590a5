using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;

namespace Atbb.Grains.Cluster;

/// <summary>
/// The grain directory of stateless workers: an empty one. They stand on every silo and register nowhere, yet Orleans looks for one at the silo whose part of the cluster's
/// directory it would be in before it makes one on the spot. Should that silo just have been lost, the pages that healthy ones have read could not be written until it counts as dead.
/// </summary>
sealed class NoDirectory : IGrainDirectoryResolver, IGrainDirectory
{
    public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        var isStatelessWorker = properties?.Properties.GetValueOrDefault(WellKnownGrainTypeProperties.PlacementStrategy) == "StatelessWorkerPlacement";
        grainDirectory = isStatelessWorker ? this : null;
        return isStatelessWorker;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
