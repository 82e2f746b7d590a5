using Atbb.AtProto.Politeness;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Cluster;

/// <summary>One per silo, and always there.</summary>
sealed partial class SiloPeer(
    GrainId id, Silo silo, ILoggerFactory loggers, IHostPauses pauses, IHostStates hosts, IndexDatabase database, IClusterMembershipService membership, TimeProvider time)
    : GrainService(id, silo, loggers), ISiloPeer
{
    // The caller has waited for longer: a database that takes more than this is no better here.
    static readonly TimeSpan LongestPing = TimeSpan.FromSeconds(3);

    readonly ILogger logger = loggers.CreateLogger<SiloPeer>();

    public Task PauseAsync(string origin, TimeSpan length)
    {
        pauses.Hold(new Uri(origin), length);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AskedHost>> ListHostsAsync(int most) => Task.FromResult<IReadOnlyList<AskedHost>>([.. hosts.ListBusiest(most).Select(AskedHost.Of)]);

    public async Task<bool> TakeOverAsync(SiloAddress caller)
    {
        if (!await database.AnswersAsync(LongestPing, time, CancellationToken.None))
            return false;

        LogTakingOver(caller);
        return await membership.TryKill(caller);
    }

    [LoggerMessage(420, LogLevel.Warning, "cluster.cut_off: {Silo} says that it does not reach the database, which this silo does: it is taken for dead, and its repositories go on elsewhere", EventName = "cluster.cut_off")]
    partial void LogTakingOver(SiloAddress silo);
}
