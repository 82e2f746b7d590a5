using System.Runtime.CompilerServices;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Progress;
using Polly;
using Polly.Retry;

namespace Atbb.Silo.Remote;

/// <summary>A run of a serving process, shown to its end or to its pause, also over restarts of that process.</summary>
/// <param name="get">Asks for the run.</param>
/// <param name="time">The clock.</param>
sealed class RunWatch(Func<long, CancellationToken, Task<AdminAnswer<RunAnswer>>> get, TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // As long as a silo may take to take over from one that has gone, and Atbb.Client waits for it.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    AdminAnswer<RunAnswer> last;
    long? awaySince;

    /// <summary>Asks once a second.</summary>
    /// <returns>The run as it ended.</returns>
    /// <exception cref="RemoteException">It is refused, or the service has been away for longer than is waited.</exception>
    public async Task<AdminAnswer<RunAnswer>> ShowAsync(long id, IProgressDisplay display, CancellationToken cancellationToken)
    {
        await display.ShowAsync(ReadAsync(id, display, cancellationToken), cancellationToken);
        return last;
    }

    async IAsyncEnumerable<RunProgress> ReadAsync(long id, IProgressDisplay display, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var patience = WaitsForTheService(display);
        while (true)
        {
            last = await patience.ExecuteAsync(async token => await get(id, token), cancellationToken);
            awaySince = null;
            yield return last.Value.ToProgress();
            if (last.Value.Status is not RunStatus.InProgress)
                yield break;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    ResiliencePipeline WaitsForTheService(IProgressDisplay display) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            Delay = Pause,
            BackoffType = DelayBackoffType.Constant,
            ShouldHandle = failed => ValueTask.FromResult(failed.Outcome.Exception is RemoteException { MayPass: true } && IsWaitedFor()),
            OnRetry = failed =>
            {
                if (failed.AttemptNumber == 0)
                    display.Note($"The service is away, and is waited for, {Patience.TotalSeconds:0} s at most. {failed.Outcome.Exception!.Message}");
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    // From the first failure on, and not from its question, which may have been open for longer than that.
    bool IsWaitedFor() => time.GetElapsedTime(awaySince ??= time.GetTimestamp()) < Patience;
}
