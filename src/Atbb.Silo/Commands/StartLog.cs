using System.Net;
using Atbb.Silo.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Atbb.Silo.Commands;

/// <summary>What is said before anything runs.</summary>
static partial class StartLog
{
    /// <summary>Warns of what is allowed, but not for a service on the open network.</summary>
    public static void WriteWarnings(IServiceProvider services, AtbbSettings settings)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Atbb.Silo");
        foreach (var warning in SettingsCheck.FindWarnings(settings))
            Warning(logger, warning);
    }

    /// <summary>Tells where clients are taken: on SQLite that is what they have to be told.</summary>
    public static void WriteGateway(IServiceProvider services)
    {
        var endpoint = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        Gateway(services.GetRequiredService<ILoggerFactory>().CreateLogger("Atbb.Silo"), new IPEndPoint(endpoint.AdvertisedIPAddress, endpoint.GatewayPort));
    }

    [LoggerMessage(321, LogLevel.Information, "silo.gateway: clients such as an AppView are taken at {Endpoint}", EventName = "silo.gateway")]
    static partial void Gateway(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(320, LogLevel.Warning, "silo.unsafe_setting: {Warning}", EventName = "silo.unsafe_setting")]
    static partial void Warning(ILogger logger, string warning);
}
