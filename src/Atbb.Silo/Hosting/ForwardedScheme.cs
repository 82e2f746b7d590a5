using Atbb.Silo.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Atbb.Silo.Hosting;

/// <summary>The scheme that a browser used with the proxy in front, and the address it came from, where the operator has said that there is one.</summary>
static class ForwardedScheme
{
    /// <summary>Takes them for those of the request.</summary>
    public static void UseForwardedScheme(this WebApplication app, AdminSettings settings)
    {
        if (!settings.TrustForwardedHeaders)
            return;

        // Not the host, which is passed on as it came. Without the address all who come through the proxy would be one, and a stranger's wrong tokens the operator's.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedFor };
        // Or a proxy in another container would not be believed.
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        app.UseForwardedHeaders(options);
    }
}
