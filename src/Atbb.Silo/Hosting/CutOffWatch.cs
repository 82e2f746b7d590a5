using Atbb.Grains.Cluster;
using Atbb.Indexing.Databases;
using Atbb.Silo.Commands;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Ends a silo that does not reach the database while another one does. It answers the others' probes, so they take it for well; its
/// repositories would wait for it for as long as it is cut off. A database that nobody reaches is waited for.
/// </summary>
sealed partial class CutOffWatch(
    IndexDatabase database, SiloPeers peers, AtbbSettings settings, IHostApplicationLifetime host, TimeProvider time, ILogger<CutOffWatch> logger)
    : BackgroundService
{
    // For what can be ended in order without the database: answers on their way. Nothing is lost with the rest.
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    // Half of the time in which a silo is to be replaced: the other half is for the questions to the others.
    readonly TimeSpan patience = settings.Cluster.DetectionTime / 2;
    readonly TimeSpan period = settings.Cluster.DetectionTime / 6;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reachedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(period, time);
        // By the timer's end: a wait that is cancelled throws, and writing its stack down takes as long as the rest of a stop.
        using var stop = stoppingToken.Register(timer.Dispose);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (await database.AnswersAsync(period, time, stoppingToken))
                reachedAt = time.GetTimestamp();
            else if (time.GetElapsedTime(reachedAt) >= patience && await peers.HandOverAsync(period, time, stoppingToken))
                await EndAsync();
        }
    }

    async Task EndAsync()
    {
        LogCutOff();
        // Beside this: whatever asks the database is cancelled by it, and the driver lets a canceller wait where the database is silent.
        _ = Task.Run(host.StopApplication, CancellationToken.None);
        await Task.Delay(Farewell, time, CancellationToken.None);
        Environment.Exit(ExitCode.Replaced);
    }

    [LoggerMessage(330, LogLevel.Critical, "silo.cut_off: this silo does not reach the database, which others do: they go on with its work, and it ends", EventName = "silo.cut_off")]
    partial void LogCutOff();
}
