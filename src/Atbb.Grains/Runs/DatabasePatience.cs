using Atbb.Indexing;
using Polly;
using Polly.Retry;

namespace Atbb.Grains.Runs;

/// <summary>Waits for the database for as long as it takes: a run must not fail because its database was restarted.</summary>
sealed class DatabasePatience
{
    readonly DatabaseOutage outage;
    readonly ResiliencePipeline pipeline;

    public DatabasePatience(DatabaseOutage outage, TimeProvider time)
    {
        this.outage = outage;
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<IndexUnavailableException>(),
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(15),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Asks until the index answers.</summary>
    public Task<T> WaitForAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        WaitForAsync(DatabasePart.Index, ask, cancellationToken);

    /// <summary>Asks until a part of the database answers.</summary>
    public async Task<T> WaitForAsync<T>(DatabasePart part, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var answer = await pipeline.ExecuteAsync(
            async token =>
            {
                try
                {
                    return await ask(token);
                }
                catch (IndexUnavailableException e)
                {
                    outage.Begin(part, e.Message);
                    throw;
                }
            },
            cancellationToken);
        outage.End(part);
        return answer;
    }
}
