using System.Net;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Remote;

/// <summary>Where a serving process is asked, and by whom.</summary>
/// <param name="Url">Its admin HTTP; ends with a slash.</param>
/// <param name="Token">Its token; null when it has none.</param>
sealed record AdminAddress(Uri Url, string? Token)
{
    /// <summary>What the command line gives; what it leaves open, the settings that the serving process itself reads.</summary>
    /// <exception cref="BadSettingsException">The address is none.</exception>
    public static AdminAddress Of(string? url, string? token, AdminSettings settings)
    {
        var text = url ?? settings.Url;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new BadSettingsException([$"{(url is null ? "Atbb:Admin:Url" : "--url")}: '{text}' is not an address such as http://127.0.0.1:5080."]);

        return new(Reachable(address), string.IsNullOrWhiteSpace(token) ? settings.Token : token);
    }

    // A process that listens on every address of its machine has none of that name.
    static Uri Reachable(Uri address) =>
        IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = ip.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
            : address;
}
