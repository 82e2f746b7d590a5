using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Tests.Hosting;

public sealed class ProtocolPreparationTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Constructed_BeforeAnythingIsStarted_PutsTheClientTogether()
    {
        var asked = new TaskCompletionSource();
        await using var services = new ServiceCollection()
            .AddSingleton<IRepoClient>(_ =>
            {
                asked.SetResult();
                return null!;
            })
            .BuildServiceProvider();

        _ = new ProtocolPreparation(services);

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
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
}
