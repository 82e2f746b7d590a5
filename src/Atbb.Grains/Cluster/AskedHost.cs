using Atbb.AtProto.Politeness;

namespace Atbb.Grains.Cluster;

/// <summary>A host that the silos ask.</summary>
/// <param name="Host">Its name, with the port if it is not that of its scheme.</param>
/// <param name="UnderWay">Requests that were sent and are not over.</param>
/// <param name="Waiting">Requests that wait for their turn.</param>
/// <param name="Recent">Requests sent within the last minute.</param>
/// <param name="AllowanceLeft">What it has last said is left of its allowance; null when it says nothing.</param>
/// <param name="RestsFor">How long it is asked nothing.</param>
[GenerateSerializer, Immutable, Alias("atbb.AskedHost")]
public sealed record AskedHost(
    [property: Id(0)] string Host,
    [property: Id(1)] int UnderWay,
    [property: Id(2)] int Waiting,
    [property: Id(3)] int Recent,
    [property: Id(4)] long? AllowanceLeft,
    [property: Id(5)] TimeSpan RestsFor)
{
    /// <summary>A host as one silo has it.</summary>
    public static AskedHost Of(HostState state) => new(state.Host, state.UnderWay, state.Waiting, state.Recent, state.AllowanceLeft, state.RestsFor);

    /// <summary>What several silos say, together; the busiest first.</summary>
    /// <param name="bySilo">What each says.</param>
    /// <param name="most">At most so many.</param>
    public static IReadOnlyList<AskedHost> Together(IEnumerable<IEnumerable<AskedHost>> bySilo, int most) =>
    [
        .. bySilo.SelectMany(static hosts => hosts)
            .GroupBy(static host => host.Host, static (name, hosts) => hosts.Aggregate((a, b) => new AskedHost(
                name,
                a.UnderWay + b.UnderWay,
                a.Waiting + b.Waiting,
                a.Recent + b.Recent,
                // Whoever was told later was told less, unless the window has begun anew; the careful reading does no harm.
                a.AllowanceLeft is { } left && b.AllowanceLeft is { } other ? Math.Min(left, other) : a.AllowanceLeft ?? b.AllowanceLeft,
                a.RestsFor > b.RestsFor ? a.RestsFor : b.RestsFor)))
            .OrderByDescending(static host => host.UnderWay + host.Waiting)
            .ThenByDescending(static host => host.Recent)
            .ThenBy(static host => host.Host, StringComparer.Ordinal)
            .Take(most),
    ];
}
