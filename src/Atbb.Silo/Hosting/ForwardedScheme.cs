using Atbb.Silo.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Atbb.Silo.Hosting;

/// <summary>The scheme that a browser used with the proxy in front, where the operator has said that there is one.</summary>
static class ForwardedScheme
{
    /// <summary>Takes it for that of the request.</summary>
    public static void UseForwardedScheme(this WebApplication app, AdminSettings settings)
    {
        if (!settings.TrustForwardedHeaders)
            return;

        // The scheme alone: the host is passed on as it came, and nobody asks for the address.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto };
        // Or a proxy in another container would not be believed.
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        app.UseForwardedHeaders(options);
    }
}
