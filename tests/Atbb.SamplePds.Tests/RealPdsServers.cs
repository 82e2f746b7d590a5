using Atbb.Testing.RealPds;

namespace Atbb.Sample.Tests;

/// <summary>The real PDSes of a test class: started once, where they are installed.</summary>
public sealed class RealPdsServers : IAsyncLifetime
{
    RealPdsFixture? running;

    public RealPdsFixture Running => running ?? throw new InvalidOperationException(RealPdsFixture.NotInstalled);

    public async ValueTask InitializeAsync()
    {
        if (RealPdsFixture.CanRun)
            running = await RealPdsFixture.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
            await running.DisposeAsync();
    }
}
