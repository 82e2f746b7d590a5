using Atbb.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Silo.Tests.Hosting;

public sealed class HostLifeTests
{
    [Fact]
    public async Task EndAsync_OfAHostThatBlocksWhoeverStopsIt_LeavesItAfterSixSeconds()
    {
        var time = new FakeTimeProvider();
        using var released = new ManualResetEventSlim();
        var host = new BlockingHost(time, released);

        var ending = HostLife.EndAsync(host);
        Assert.False(ending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(6));
        await ending;

        Assert.False(host.HasStopped);
        released.Set();
        await host.Stopped;
    }

    sealed class BlockingHost(TimeProvider time, ManualResetEventSlim released) : IHost, IAsyncDisposable
    {
        readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IServiceProvider Services { get; } = new ServiceCollection().AddLogging().AddSingleton(time).BuildServiceProvider();

        public Task Stopped => stopped.Task;

        public bool HasStopped => stopped.Task.IsCompleted;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken = default)
        {
            // Bounded, so that a test which waits for it fails instead of hanging.
            released.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            stopped.SetResult();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
