using Atbb.Indexing;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Atbb.Grains.Runs;

/// <summary>Waits for the database for as long as it takes: a run must not fail because its database was restarted.</summary>
sealed partial class DatabasePatience
{
    readonly ResiliencePipeline pipeline;

    public DatabasePatience(TimeProvider time, ILogger<DatabasePatience> logger)
    {
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<IndexUnavailableException>(),
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(15),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                OnRetry = retry =>
                {
                    LogWaiting(logger, retry.RetryDelay, retry.Outcome.Exception!.Message);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Asks until the database answers.</summary>
    public async Task<T> WaitForAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(async token => await ask(token), cancellationToken);

    [LoggerMessage(150, LogLevel.Warning, "backfill.database_wait: the index's database does not answer, asked again in {Delay}: {Reason}", EventName = "backfill.database_wait")]
    static partial void LogWaiting(ILogger logger, TimeSpan delay, string reason);
}
