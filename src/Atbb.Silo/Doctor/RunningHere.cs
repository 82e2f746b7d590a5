using System.Data.Common;
using System.Net;
using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Doctor;

/// <summary>Whether a process of the same settings runs here: the ports that it has are taken, and rightly.</summary>
static class RunningHere
{
    /// <summary>Who it is, in words; null when nobody is known.</summary>
    public static async Task<string?> FindAsync(IndexDatabase database, ClusterSettings cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        if (database.Target.Kind is DatabaseKind.Sqlite)
            return DatabasePreparation.IsInUse(database.Target.Description) ? "an atbb process has the file" : null;
        try
        {
            return Judge(
                await SiloEntry.ReadAsync(database, cluster.Id, time, cancellationToken),
                [.. (await Dns.GetHostAddressesAsync(cluster.Address, cancellationToken)).Select(address => address.ToString())], cluster.SiloPort);
        }
        // Said elsewhere: the database's, and the address's.
        catch (Exception e) when (e is DbException or System.Net.Sockets.SocketException or IOException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The one among the silos of a cluster.</summary>
    /// <param name="members">Those silos.</param>
    /// <param name="addresses">The addresses that are these settings' own.</param>
    /// <param name="port">The silo's port; 0: any.</param>
    internal static string? Judge(IReadOnlyList<SiloEntry> members, IReadOnlyList<string> addresses, int port) =>
        members.FirstOrDefault(member => (SiloStatus)member.Status is SiloStatus.Active
            && addresses.Any(address => port > 0 ? member.Address == $"{address}:{port}" : member.Address.StartsWith($"{address}:", StringComparison.Ordinal))) is { } silo
            ? $"{silo.Name} runs at {silo.Address}"
            : null;
}
