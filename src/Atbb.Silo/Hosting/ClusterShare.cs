using Atbb.AtProto.Politeness;
using Atbb.Grains.Cluster;

namespace Atbb.Silo.Hosting;

/// <summary>Keeps this silo's share of what is asked of hosts in step with the number of silos, and passes on the pauses that hosts ask for.</summary>
sealed partial class ClusterShare(
    IClusterMembershipService membership, ILocalSiloDetails self, SiloPeers peers, SharedPoliteness politeness, ILogger<ClusterShare> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        politeness.TellPeers = peers.TellOfPause;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            // In the same order everywhere. A silo that joins counts itself before the others do, and one that does not answer counts until it
            // is taken for dead: for moments less is asked than might be, and never more.
            var sharing = snapshot.Members.Values
                .Where(member => member.Status is SiloStatus.Active)
                .Select(static member => member.SiloAddress)
                .Append(self.SiloAddress)
                .Distinct()
                .Order()
                .ToList();
            if (sharing.Count != politeness.Silos)
                LogShare(sharing.Count);
            politeness.Divide(sharing.Count, sharing.IndexOf(self.SiloAddress));
        }
    }

    [LoggerMessage(350, LogLevel.Information, "cluster.share: {Silos} silos share what is asked of each host", EventName = "cluster.share")]
    partial void LogShare(int silos);
}
