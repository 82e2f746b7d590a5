using Atbb.Grains.Interfaces;
using Orleans.Runtime.Messaging;
using Orleans.Storage;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Atbb.Client.Connecting;

/// <summary>Asks again what was not answered for a reason that may pass, and gives up in words that say where and why.</summary>
sealed class CallPatience
{
    readonly TimeSpan limit;
    readonly Func<string> place;
    readonly Func<Exception?> obstacle;
    readonly ResiliencePipeline pipeline;

    /// <param name="limit">How long a call is tried.</param>
    /// <param name="place">Who is asked.</param>
    /// <param name="obstacle">What stands in the way of a connection.</param>
    /// <param name="time">The clock.</param>
    public CallPatience(TimeSpan limit, Func<string> place, Func<Exception?> obstacle, TimeProvider time)
    {
        this.limit = limit;
        this.place = place;
        this.obstacle = obstacle;
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(limit)
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(3),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static failed => ValueTask.FromResult(failed.Outcome.Exception is { } e && MayPass(e, failed.Context.CancellationToken)),
                OnRetry = static failed =>
                {
                    if (failed.Context.Properties.TryGetValue(Trial.Key, out var trial))
                        trial.LastFailure = failed.Outcome.Exception;
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Makes a call, again and again while that may help. Each attempt is given up with its token.</summary>
    /// <exception cref="BackfillUnreachableException">It did not help in time.</exception>
    /// <exception cref="OperationCanceledException">The caller is not interested any more, however the call ended.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var trial = new Trial();
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Trial.Key, trial);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (attempt, call) => await call(attempt.CancellationToken).WaitAsync(attempt.CancellationToken), context, call);
        }
        catch (Exception e) when (e is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // What is called is being taken down around the call: it fails of that as it happens, and who has taken it down was promised a cancellation.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            var reason = trial.LastFailure ?? obstacle();
            throw new BackfillUnreachableException(
                $"The backfill service did not answer within {limit}: {place()}{(reason is null ? "." : $". {reason.Message}")}", reason);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // A silo that has gone, a connection that was lost, an answer that did not come; and a database that is away behind a service that is there. Where a grain is
    // begun while it is, that comes as a cancellation that nobody here has asked for, or as an error of a driver that is not known here. And a grain that another
    // silo has begun meanwhile answers there.
    static bool MayPass(Exception e, CancellationToken own) =>
        e is OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException or ClientNotAvailableException or TimeoutException
            or IndexUnreachableException or EnumerationAbortedException or StreamEndedException or InconsistentStateException
        || e is OperationCanceledException && !own.IsCancellationRequested
        || IndexUnreachableException.IsBehind(e)
        || e is OrleansException { InnerException: { } inner } && MayPass(inner, own);

    sealed class Trial
    {
        public static readonly ResiliencePropertyKey<Trial> Key = new("atbb.trial");

        public Exception? LastFailure { get; set; }
    }
}
