namespace Atbb.Grains.Cluster;

/// <summary>
/// Grains of one kind by their keys. Asked by a type, Orleans looks through its attributes for its names each time, which for the repositories of a run
/// was a fiftieth of its processor time.
/// </summary>
/// <remarks>Belongs to one grain and runs on its scheduler: no locks.</remarks>
sealed class GrainsOf<TGrain>(IGrainFactory grains)
    where TGrain : IGrainWithStringKey
{
    (GrainType Type, GrainInterfaceType Interface)? names;

    public TGrain Get(string key)
    {
        if (names is { } known)
            return (TGrain)grains.GetGrain(GrainId.Create(known.Type, key), known.Interface);

        var first = grains.GetGrain<TGrain>(key);
        var reference = (GrainReference)(object)first;
        names = (reference.GrainId.Type, reference.InterfaceType);
        return first;
    }
}
