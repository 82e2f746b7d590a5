using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Politeness;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests.Fakes;

/// <summary>The client as a host registers it, with a stub or with real sockets below it, and a clock to turn.</summary>
sealed class TestClient : IDisposable
{
    readonly ServiceProvider services;

    public TestClient(HttpMessageHandler? handler = null, Action<AtProtoOptions>? configure = null, TimeProvider? time = null, X509Certificate2? trusted = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(time ?? Time);
        collection.AddAtProtoClient(options =>
        {
            options.Network.RetryDelay = TimeSpan.Zero;
            options.Politeness.RequestsPerSecond = 0;
            configure?.Invoke(options);
        });
        if (handler is not null)
            collection.AddHttpClient(XrpcClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => handler);
        if (trusted is not null)
            collection.AddHttpClient(XrpcClient.HttpClientName).ConfigurePrimaryHttpMessageHandler((handler, _) => Trust((SocketsHttpHandler)handler, trusted));
        services = collection.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));

    public IRepoClient Repo => services.GetRequiredService<IRepoClient>();

    public IRelayClient Relay => services.GetRequiredService<IRelayClient>();

    public IDidResolver Resolver => services.GetRequiredService<IDidResolver>();

    public SharedPoliteness Shared => services.GetRequiredService<SharedPoliteness>();

    public HostGates Hosts => services.GetRequiredService<HostGates>();

    public IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    public XrpcClient Xrpc => services.GetRequiredService<XrpcClient>();

    /// <summary>On real sockets and the machine's clock, with private addresses allowed.</summary>
    public static TestClient OnLoopback(Action<AtProtoOptions>? configure = null, X509Certificate2? trusted = null) => new(
        configure: options =>
        {
            options.Network.AllowPrivateAddresses = true;
            // What is not about a time-out is not to meet one on a busy machine.
            (options.Network.ConnectTimeout, options.Network.RequestTimeout, options.Network.TotalTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
            configure?.Invoke(options);
        },
        time: TimeProvider.System,
        trusted: trusted);

    public void Dispose() => services.Dispose();

    // In place of the machine's authorities; all else about certificates is as the client has it.
    static void Trust(SocketsHttpHandler handler, X509Certificate2 authority)
    {
        var policy = handler.SslOptions.CertificateChainPolicy!;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(authority);
    }
}
