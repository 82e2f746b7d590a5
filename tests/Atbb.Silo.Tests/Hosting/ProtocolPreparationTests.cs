using System.Reflection;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Tests.Hosting;

public sealed class ProtocolPreparationTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void AddAtbbSilo_AnySilo_HasIt()
    {
        var builder = Host.CreateApplicationBuilder(HostArguments.Fixed);

        builder.AddAtbbSilo(new AtbbSettings { Database = "index.db" });

        Assert.Single(builder.Services, service => service.ImplementationType == typeof(ProtocolPreparation));
    }

    [Fact]
    public async Task Constructed_BeforeAnythingIsStarted_PutsTheClientTogether()
    {
        var asked = new TaskCompletionSource();
        await using var services = new ServiceCollection()
            .AddSingleton(_ =>
            {
                asked.SetResult();
                return DispatchProxy.Create<IRepoClient, NeverAsked>();
            })
            .BuildServiceProvider();

        var preparation = new ProtocolPreparation(services);

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await preparation.StopAsync(Cancel);
    }

    /// <summary>They are named where all settings are validated; a service that ends must not say it once more, as an error of its end.</summary>
    [Fact]
    public async Task StopAsync_TheClientsSettingsAreWrong_DoesNotThrow()
    {
        await using var services = new ServiceCollection().AddAtProtoClient(options => options.Network.MaxResponseBytes = 0).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(services.GetRequiredService<IRepoClient>);
        var preparation = new ProtocolPreparation(services);

        await preparation.StartAsync(Cancel);
        await preparation.StopAsync(Cancel);
    }

    public class NeverAsked : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new InvalidOperationException("Nobody asks anything here.");
    }
}
