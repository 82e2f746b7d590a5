using System.Data.Common;
using Microsoft.Extensions.Logging.Console;

namespace Atbb.Silo.Hosting;

/// <summary>How a process's host begins and ends, whichever command it is for.</summary>
static partial class HostLife
{
    // What docs/operate.md promises is 10 s until the process is gone: on a busy machine the rest of the way takes seconds, too.
    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(6);

    /// <summary>Starts a host; one that does not start, or is not to any more, is taken down again.</summary>
    public static async Task StartAsync(IHost host, CancellationToken cancellationToken = default)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            await TakeDownAsync(host, static host => DisposeAsync(host).AsTask());
            throw;
        }
    }

    /// <summary>
    /// Takes a host down with its silo. Without its database that cannot sign off, and would try for minutes: it is left to the end of the process
    /// then, as it is, since taking away its services while it works would look like faults of the run. Others, and the next start, find it dead.
    /// </summary>
    public static Task EndAsync(IHost host) => TakeDownAsync(host, StopAsync);

    static async Task TakeDownAsync(IHost host, Func<IHost, Task> takeDown)
    {
        // Before anything is taken down, these services among it.
        var time = host.Services.GetRequiredService<TimeProvider>();
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Atbb.Silo");
        var consoles = host.Services.GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>().ToList();
        try
        {
            // Beside this: the database's driver lets whoever cancels wait for it, and this would not come to the waiting.
            await Task.Run(() => takeDown(host)).WaitAsync(StopPatience, time);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or OrleansException or DbException or AggregateException or InvalidOperationException)
        {
            LogUnordered(logger, e.Message.ReplaceLineEndings(" "));
            // They write on threads of their own, which the end of the process would not wait for: the last word would be lost.
            consoles.ForEach(static console => console.Dispose());
        }
    }

    // In one: what is taken down after the silo has signed off may wait for something, too.
    static async Task StopAsync(IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        await DisposeAsync(host);
    }

    static ValueTask DisposeAsync(IHost host) => ((IAsyncDisposable)host).DisposeAsync();

    [LoggerMessage(322, LogLevel.Warning, "silo.stopped_out_of_order: the silo ends without having signed off, which costs the next start nothing: {Reason}", EventName = "silo.stopped_out_of_order")]
    static partial void LogUnordered(ILogger logger, string reason);
}
