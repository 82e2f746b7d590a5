using System.Net;
using System.Net.Sockets;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Doctor;

/// <summary>Whether a process could listen where these settings have it listen.</summary>
static class PortsExam
{
    const string Check = "ports";

    /// <summary>Tries each port that is set. Those that are not are chosen among the free ones.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="running">The process of these settings that runs here, in words; null: there is none.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(AtbbSettings settings, string? running, CancellationToken cancellationToken)
    {
        var cluster = settings.Cluster;
        var (silo, gateway) = SiloPorts.Choose(cluster);
        var admin = new Uri(settings.Admin.Url);
        return
        [
            await TryAsync("silo", cluster.Address, silo, "Atbb:Cluster:SiloPort", running, cancellationToken),
            await TryAsync("gateway", cluster.Address, gateway, "Atbb:Cluster:GatewayPort", running, cancellationToken),
            await TryAsync("admin HTTP", admin.Host.Trim('[', ']'), admin.Port, "Atbb:Admin:Url", running, cancellationToken),
        ];
    }

    static async Task<Finding> TryAsync(string what, string host, int port, string setting, string? running, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host, out var given) ? [given] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            using var listener = new TcpListener(addresses.OrderBy(address => address.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).First(), port);
            listener.Start();
            return Finding.Ok(Check, $"the {what} can listen at {host}:{port}.");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return running is not null
                ? Finding.Ok(Check, $"port {port} for the {what} is taken while {running}.")
                : Finding.Problem(
                    Check, $"port {port} for the {what} is taken{(PortHolder.Find(port) is { } holder ? $" by {holder}" : " by another process")}.",
                    $"End what listens there, or set {setting} to another one.");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            return Finding.Problem(Check, $"this user may not listen on port {port} for the {what}.", $"Set {setting} to a port above 1023.");
        }
        catch (SocketException e)
        {
            return Finding.Problem(
                Check, $"the {what} cannot listen at {host}:{port}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.",
                $"Set {(what is "admin HTTP" ? setting : "Atbb:Cluster:Address")} to an address of this machine.");
        }
    }
}
