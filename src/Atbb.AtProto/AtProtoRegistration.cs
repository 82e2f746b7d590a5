using System.Diagnostics.Metrics;
using System.Net;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atbb.AtProto;

/// <summary>What this project gives a host.</summary>
public static class AtProtoRegistration
{
    /// <summary>Adds <see cref="IDidResolver"/>, <see cref="IRepoClient"/> and <see cref="IRelayClient"/>, which share one pool of connections and one politeness.</summary>
    public static IServiceCollection AddAtProtoClient(this IServiceCollection services, Action<AtProtoOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddAtProtoOptions(configure);
        services.TryAddSingleton(static s => new OwnNetwork(s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<AddressGuard>();
        services.AddGuardedHttp();
        services.AddMetrics();
        services.TryAddSingleton<HostMetrics>(static s => new HostMetrics(s.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton<SharedPoliteness>();
        services.TryAddSingleton(static s => new HostGates(
            s.GetRequiredService<IOptions<AtProtoOptions>>().Value, s.GetRequiredService<SharedPoliteness>(), s.GetRequiredService<HostMetrics>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IHostPauses>(static s => s.GetRequiredService<HostGates>());
        services.TryAddSingleton<IHostStates>(static s => s.GetRequiredService<HostGates>());
        services.TryAddSingleton<XrpcClient>();
        services.TryAddSingleton<IDidResolver, DidResolver>();
        services.TryAddSingleton<IRepoClient, RepoClient>();
        services.TryAddSingleton<IRelayClient, RelayClient>();
        return services;
    }

    static void AddAtProtoOptions(this IServiceCollection services, Action<AtProtoOptions>? configure)
    {
        services.AddOptions<AtProtoOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AtProtoOptions>, AtProtoOptionsValidator>());
    }

    static void AddGuardedHttp(this IServiceCollection services) =>
        services.AddHttpClient(XrpcClient.HttpClientName, static http =>
            {
                http.DefaultRequestVersion = HttpVersion.Version20;
                http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
                http.DefaultRequestHeaders.UserAgent.ParseAdd("Atbb.Orleans");
                http.DefaultRequestHeaders.AcceptEncoding.ParseAdd(BodyEncoding.Accepted);
                // Time is kept by XrpcClient, the body's included.
                http.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(static s => CreateHandler(
                s.GetRequiredService<IOptions<AtProtoOptions>>().Value, s.GetRequiredService<AddressGuard>()))
            // One client for the process: the handler itself gives up old connections, so names are looked up again.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // Four lines of log a request, otherwise.
            .RemoveAllLoggers();

    // One pool for PDSes and directory, so the larger of the two; 0, no limit, is the largest.
    static SocketsHttpHandler CreateHandler(AtProtoOptions options, AddressGuard guard)
    {
        var (pds, plc) = (options.Politeness.Places, options.PlcPoliteness.Places);
        return GuardedHandler.Create(options.Network, pds == 0 || plc == 0 ? 0 : Math.Max(pds, plc), guard);
    }
}
