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
        // Asked again where it was asked before, which for a grain is on its own scheduler: on any other thread its state is not to be touched, and a run
        // whose end had to be tried twice failed for that.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            var answer = await pipeline.ExecuteAsync(
                async attempt =>
                {
                    try
                    {
                        return await ask(attempt.CancellationToken);
                    }
                    catch (IndexUnavailableException e)
                    {
                        outage.Begin(part, e.Message);
                        throw;
                    }
                },
                context);
            outage.End(part);
            return answer;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
