using Atbb.AtProto.Politeness;
using Orleans.Runtime.Services;

namespace Atbb.Grains.Cluster;

/// <summary>The other silos of the cluster.</summary>
public sealed class SiloPeers(IServiceProvider services, IClusterMembershipService membership, ILocalSiloDetails self, IHostStates hosts) : GrainServiceClient<ISiloPeer>(services)
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

    /// <summary>The hosts that the silos ask, all together; the busiest first.</summary>
    /// <param name="most">At most so many, of each silo and of all.</param>
    /// <returns>They, and how many silos did not say.</returns>
    public async Task<(IReadOnlyList<AskedHost> Hosts, int Silent)> ListHostsAsync(int most)
    {
        var asked = await Task.WhenAll(Others.Select(AskAsync).ToList());
        var said = asked.OfType<IReadOnlyList<AskedHost>>().ToList();
        return (AskedHost.Together([hosts.ListBusiest(most).Select(AskedHost.Of), .. said], most), asked.Length - said.Count);

        async Task<IReadOnlyList<AskedHost>?> AskAsync(SiloAddress other)
        {
            try
            {
                return await GetGrainService(other).ListHostsAsync(most);
            }
            // In trouble, or of a release that cannot be asked this.
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                return null;
            }
        }
    }

    /// <summary>This silo does not reach the database: looks for one that does, and leaves it everything.</summary>
    /// <param name="patience">How long one of them has for its answer: a call of Orleans's would wait for half a minute for one that hangs.</param>
    /// <param name="time">What measures it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Whether there is one. Then this silo counts as dead, and has to end.</returns>
    public async Task<bool> HandOverAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var other in Others.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var takingOver = GetGrainService(other).TakeOverAsync(self.SiloAddress);
            takingOver.Ignore();
            try
            {
                if (await takingOver.WaitAsync(patience, time, cancellationToken))
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
