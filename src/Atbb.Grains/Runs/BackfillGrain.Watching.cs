using System.Runtime.CompilerServices;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>What callers can see of runs. Interleaves with everything, and changes nothing.</summary>
sealed partial class BackfillGrain
{
    public Task<RunProgress?> GetProgressAsync() => Task.FromResult(GetProgress());

    public async IAsyncEnumerable<RunProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (GetProgress() is { } progress)
        {
            // Taken before the caller has seen the progress: a change that comes while it looks is not missed.
            var next = pulse.Next;
            yield return progress;
            if (progress.Status is not RunStatus.InProgress)
                yield break;
            await next.WaitAsync(cancellationToken);
        }
    }

    public async Task<RunProgress?> GetRunAsync(long runId)
    {
        if (run?.RunId == runId)
            return GetProgress();

        var row = await index.TranslateAsync(() => runs.GetAsync(runId, CancellationToken.None));
        return row is null ? null : RunRows.ToProgress(row);
    }

    public async Task<IReadOnlyList<RunProgress>> ListRunsAsync(int limit, long? before)
    {
        var rows = await index.TranslateAsync(() => runs.ListAsync(Math.Clamp(limit, 1, 1000), before, CancellationToken.None));
        return [.. rows.Select(row => row.Id == run?.RunId ? GetProgress()! : RunRows.ToProgress(row))];
    }

    public async Task<IReadOnlyList<RunError>> ListErrorsAsync(Interfaces.Runs.RunErrorQuery query)
    {
        var rows = await index.TranslateAsync(() => runs.ListErrorsAsync(
            new(query.RunId, query.Did, query.Kind, query.After, Math.Clamp(query.Limit, 1, 1000)), CancellationToken.None));
        return [.. rows.Select(RunRows.ToError)];
    }

    public Task<long> CountErrorsAsync(Interfaces.Runs.RunErrorQuery query) =>
        index.TranslateAsync(() => runs.CountErrorsAsync(new(query.RunId, query.Did, query.Kind), CancellationToken.None));

    public Task<IndexReport> JudgeIndexAsync() => index.TranslateAsync(async () =>
    {
        // Runs first: of one that ends in between, the other way round, the errors would be missed and the end be seen.
        var rows = await runs.ListForVerdictAsync(ForumDid, CancellationToken.None);
        IReadOnlyList<RunProgress> known = [.. rows.Select(row => row.Id == run?.RunId ? GetProgress()! : RunRows.ToProgress(row))];
        return IndexJudgement.Judge(known, await runs.CountOpenErrorsAsync(CancellationToken.None));
    });

    public async Task<IReadOnlyList<RunError>> ListOpenErrorsAsync(Interfaces.Runs.OpenErrorQuery query)
    {
        var rows = await index.TranslateAsync(() => runs.ListOpenErrorsAsync(
            new(query.Did, query.Kind, query.After, Math.Clamp(query.Limit, 1, 1000)), CancellationToken.None));
        return [.. rows.Select(RunRows.ToError)];
    }

    public Task<IReadOnlyList<string>> FindByHandleAsync(string handle) =>
        index.TranslateAsync(() => repos.FindByHandleAsync(handle, limit: 100, CancellationToken.None));

    RunProgress? GetProgress() => run is null ? null : ProgressOf(run);

    /// <summary>A state of the run with what the window has come to above its mark.</summary>
    RunProgress ProgressOf(RunState at)
    {
        var inUsers = at.Phase is RunPhase.Users;
        // What has ended holds what its window came to: added once more, its row would say twice as much.
        var counts = (at.IsUnfinished ? window : null, inUsers) switch
        {
            (null, _) => at.Counts,
            ({ } above, true) => above.Counts,
            ({ } above, false) => at.Counts + above.Counts,
        };
        // Of an unfinished run: one that has ended says what it came to, and has asked everybody again.
        counts = at.IsUnfinished ? SyncCounts.Max(counts, at.Shown) : counts;
        var done = inUsers ? window?.Ledger.Done ?? at.DidsDone : at.DidsDone;
        var seconds = ((at.FinishedAt ?? time.GetUtcNow()) - at.StartedAt).TotalSeconds;
        var isRunning = at.Status is RunStatus.InProgress;
        return new RunProgress
        {
            RunId = at.RunId,
            Type = at.Type,
            RetryOf = at.RetryOf,
            Status = at.Status,
            Phase = at.Phase,
            DidsDone = done,
            DidsTotal = Math.Max(at.DidsTotal, done),
            InFlight = window?.InFlight ?? 0,
            Deferred = window?.Deferred ?? 0,
            AwaitingTurn = window?.AwaitingTurn ?? 0,
            NextAttemptAt = window?.NextAttemptAt,
            Waiting = window?.Waiting ?? [],
            Reading = window?.Reading ?? [],
            Hosts = window?.Hosts ?? [],
            LastProgressAt = time.GetUtcNow() - pulse.Idle,
            Counts = counts,
            RecordsPerSecond = isRunning ? pulse.RecordsPerSecond : counts.Records / Math.Max(seconds, 0.001),
            Remaining = isRunning && inUsers ? pulse.TimeForDids(at.DidsTotal - done) : null,
            StartedAt = at.StartedAt,
            FinishedAt = at.FinishedAt,
            LowWaterMark = inUsers && window is not null ? window.Ledger.LowWaterMark : at.LowWaterMark,
            // What has ended says by itself what it ended with.
            LastError = (at.IsUnfinished ? trouble.Last : null) ?? at.LastError,
        };
    }
}
