using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Atbb.Silo.Tests.Health;

public class ReadyTests
{
    /// <summary>The silo with the run hangs: were every other one taken for unfit, none would be sent requests.</summary>
    [Fact]
    public async Task Ready_TheRunDoesNotAnswer_IsDegradedAndNoWorse()
    {
        var services = new ServiceCollection();
        services.AddAtbbHealth();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        var silent = Calls.To<IBackfillGrain>((_, _) => new TaskCompletionSource<RunProgress?>().Task);
        services.AddSingleton(Calls.To<IGrainFactory>((_, _) => silent));
        services.AddOptions<ForumOptions>().Configure(forum => forum.Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
        services.AddOptions<BackfillOptions>();
        services.PostConfigure<HealthCheckServiceOptions>(options => Run(options).Timeout = TimeSpan.FromMilliseconds(1));
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "run", TestContext.Current.CancellationToken);

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("has not answered", report.Entries["run"].Description, StringComparison.Ordinal);
    }

    static HealthCheckRegistration Run(HealthCheckServiceOptions options) => options.Registrations.Single(check => check.Name == "run");
}
