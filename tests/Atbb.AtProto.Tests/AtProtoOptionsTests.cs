using Atbb.AtProto.Repo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atbb.AtProto.Tests;

public sealed class AtProtoOptionsTests
{
    [Fact]
    public void FindFaults_Defaults_HaveNone() => Assert.Empty(new AtProtoOptions().FindFaults());

    [Fact]
    public void AddAtProtoClient_ManyFaults_AreNamedAllAtOnce()
    {
        using var services = new ServiceCollection().AddAtProtoClient(options =>
        {
            options.PlcDirectory = new Uri("https://plc.example/path");
            options.DidCacheSize = -1;
            options.Network.ConnectTimeout = TimeSpan.Zero;
            options.Network.RequestTimeout = TimeSpan.FromDays(2);
            options.Network.TotalTimeout = TimeSpan.FromSeconds(1);
            options.Network.MaxRetries = -1;
            options.Network.RetryDelay = TimeSpan.FromSeconds(-1);
            options.Network.MaxResponseBytes = 0;
            options.Network.MaxConnectionsPerServer = 0;
            options.Politeness.RequestsPerSecond = -1;
            options.Politeness.ConcurrentRequests = -1;
            options.Politeness.MaxWait = TimeSpan.FromSeconds(-1);
            options.Politeness.DefaultPause = TimeSpan.FromSeconds(-1);
            options.Politeness.MaxPause = TimeSpan.FromDays(2);
            options.PlcPoliteness.RequestsPerSecond = double.NaN;
        }).BuildServiceProvider();

        var e = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IRepoClient>());

        string[] keys =
        [
            "PlcDirectory", "DidCacheSize", "Network:ConnectTimeout", "Network:RequestTimeout", "Network:TotalTimeout", "Network:MaxRetries",
            "Network:RetryDelay", "Network:MaxResponseBytes", "Network:MaxConnectionsPerServer", "Politeness:RequestsPerSecond",
            "Politeness:ConcurrentRequests", "Politeness:MaxWait", "Politeness:DefaultPause", "Politeness:MaxPause", "PlcPoliteness:RequestsPerSecond",
        ];
        Assert.Equal(keys, e.Failures.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("https://plc.example", false, true)]
    [InlineData("http://127.0.0.1:2582", true, true)]
    [InlineData("http://127.0.0.1:2582", false, false)]
    [InlineData("ftp://plc.example", true, false)]
    [InlineData("https://plc.example?x", false, false)]
    public void FindFaults_PlcDirectory_MustBeAnOriginThatMayBeAsked(string directory, bool allowPrivate, bool valid)
    {
        var options = new AtProtoOptions { PlcDirectory = new Uri(directory) };
        options.Network.AllowPrivateAddresses = allowPrivate;

        Assert.Equal(valid, options.FindFaults().Count == 0);
    }

    [Fact]
    public void Bind_Configuration_ReachesEveryPart()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PlcDirectory"] = "https://plc.example",
            ["Network:RequestTimeout"] = "00:00:05",
            ["Politeness:RequestsPerSecond"] = "2.5",
            ["PlcPoliteness:ConcurrentRequests"] = "3",
        }).Build();
        var options = new AtProtoOptions();

        configuration.Bind(options);

        Assert.Equal(
            (new Uri("https://plc.example"), TimeSpan.FromSeconds(5), 2.5, 3),
            (options.PlcDirectory, options.Network.RequestTimeout, options.Politeness.RequestsPerSecond, options.PlcPoliteness.ConcurrentRequests));
    }
}
