using Orleans.Runtime.Services;

namespace Atbb.Grains.Cluster;

/// <summary>The other silos of the cluster.</summary>
public sealed class SiloPeers(IServiceProvider services, IClusterMembershipService membership, ILocalSiloDetails self) : GrainServiceClient<ISiloPeer>(services)
{
    IEnumerable<SiloAddress> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress))
        .Select(static member => member.SiloAddress);

    /// <summary>Tells the others that a host has asked for a pause. Does not wait; whoever does not hear of it is asked for one by the host itself.</summary>
    public void TellOfPause(Uri host, TimeSpan length)
    {
        foreach (var other in Others)
            GetGrainService(other).PauseAsync(host.AbsoluteUri, length).Ignore();
    }

    /// <summary>This silo does not reach the database: looks for one that does, and leaves it everything.</summary>
    /// <returns>Whether there is one. Then this silo counts as dead, and has to end.</returns>
    public async Task<bool> HandOverAsync(CancellationToken cancellationToken)
    {
        foreach (var other in Others.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await GetGrainService(other).TakeOverAsync(self.SiloAddress))
                    return true;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // That one is in trouble of its own.
            }
        }

        return false;
    }
}
