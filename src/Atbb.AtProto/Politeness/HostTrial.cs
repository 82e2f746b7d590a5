using System.Threading.RateLimiting;

namespace Atbb.AtProto.Politeness;

/// <summary>
/// A host that has never answered is asked one thing at a time, and only so many such hosts are asked at once. Until the first time-outs nobody can tell
/// the silent from the slow, and by then a score of them, with some requests each, would hold every place of a run.
/// </summary>
/// <param name="places">For hosts on trial, shared by all of them; null: any number.</param>
sealed class HostTrial(ConcurrencyLimiter? places)
{
    readonly Lock sync = new();
    TaskCompletionSource news = NewSignal();
    RateLimitLease? place;
    bool isUnderWay;
    bool hasSpoken;

    /// <summary>Waits until the host has answered somebody, or until this request is the one that is to try it.</summary>
    /// <returns>Whether it may go on. If so, and it does not come through after all, <see cref="End"/> it.</returns>
    public async ValueTask<bool> EnterAsync(TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryEnter(out _) is not { } isOver)
            return await WaitAsync(maxWait, time, cancellationToken).ConfigureAwait(false);

        return isOver || await TakePlaceAsync(maxWait, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>It has answered.</summary>
    public void Spoke()
    {
        lock (sync)
        {
            if (hasSpoken)
                return;
            hasSpoken = true;
            Release();
        }
    }

    /// <summary>A request that was let through is over, in whatever way.</summary>
    public void End()
    {
        lock (sync)
        {
            if (!hasSpoken && isUnderWay)
                Release();
        }
    }

    // True: the trial is over; false: this request is the trial; null: another one is.
    bool? TryEnter(out Task next)
    {
        lock (sync)
        {
            next = news.Task;
            if (hasSpoken)
                return true;
            if (isUnderWay)
                return null;
            isUnderWay = true;
            return false;
        }
    }

    async ValueTask<bool> WaitAsync(TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(maxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            while (true)
            {
                if (TryEnter(out var next) is { } isOver)
                    return isOver || await TakePlaceAsync(maxWait, time, cancellationToken).ConfigureAwait(false);
                await next.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    async ValueTask<bool> TakePlaceAsync(TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (places is null)
            return true;

        // At once where there is one: a wait of no time at all would come too late for it.
        RateLimitLease? taken = null;
        try
        {
            taken = places.AttemptAcquire();
            if (!taken.IsAcquired)
            {
                taken = null;
                using var timeout = new CancellationTokenSource(maxWait, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
                taken = await places.AcquireAsync(permitCount: 1, either.Token).ConfigureAwait(false);
            }

            lock (sync)
                place = taken;
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (taken is null)
                End();
        }
    }

    void Release()
    {
        isUnderWay = false;
        place?.Dispose();
        place = null;
        news.SetResult();
        news = NewSignal();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
