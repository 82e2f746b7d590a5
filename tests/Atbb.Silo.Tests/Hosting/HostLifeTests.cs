using Atbb.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Silo.Tests.Hosting;

// One of them sets the console, which is everybody's.
[Collection(nameof(HostLifeTests))]
[CollectionDefinition(nameof(HostLifeTests), DisableParallelization = true)]
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

    [Fact]
    public async Task EndAsync_OfAHostThatIsLeft_HasSaidSoOnTheConsoleWhenItReturns()
    {
        var time = new FakeTimeProvider();
        using var released = new ManualResetEventSlim();
        var before = Console.Error;
        await using var slow = new SlowWriter();
        Console.SetError(slow);
        try
        {
            var ending = HostLife.EndAsync(new BlockingHost(time, released, static logging => logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace)));
            time.Advance(TimeSpan.FromSeconds(6));
            await ending;

            Assert.Contains("silo.stopped_out_of_order", slow.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Console.SetError(before);
            released.Set();
        }
    }

    // A console whose reader is in no hurry.
    sealed class SlowWriter : StringWriter
    {
        readonly ManualResetEventSlim never = new();

        public override void Write(string? value)
        {
            never.Wait(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            base.Write(value);
        }

        protected override void Dispose(bool disposing)
        {
            never.Dispose();
            base.Dispose(disposing);
        }
    }

    sealed class BlockingHost(TimeProvider time, ManualResetEventSlim released, Action<ILoggingBuilder>? configure = null) : IHost, IAsyncDisposable
    {
        readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IServiceProvider Services { get; } = new ServiceCollection().AddLogging(configure ?? (static _ => { })).AddSingleton(time).BuildServiceProvider();

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
