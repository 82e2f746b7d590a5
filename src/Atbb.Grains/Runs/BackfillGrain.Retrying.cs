using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>Reading again what a run could not read.</summary>
sealed partial class BackfillGrain
{
    public async Task<StartResult> RetryAsync(long runId, string? requestKey)
    {
        if (NotOurs() is { } notOurs)
            return notOurs;

        var asked = KeyedStart.AskedFor(runId);
        if (AnsweredBefore(requestKey, asked) is { } before)
            return before;

        if (run is { IsUnfinished: true } unfinished)
            return new(StartOutcome.AlreadyRunning, unfinished.RunId, unfinished.Type);

        return await index.TranslateAsync(async () =>
        {
            if (await runs.GetAsync(runId, CancellationToken.None) is null)
                return new StartResult(StartOutcome.NoSuchRun, Message: $"There is no run {runId}.");
            if (await InTheWayAsync() is { } refused)
                return refused;

            var total = await errors.CountDidsAsync(runId, CancellationToken.None);
            if (total == 0)
                return new StartResult(StartOutcome.NotNeeded, Message: await NothingToRetryAsync(runId));

            var forumFailed = await runs.CountErrorsAsync(new(runId, ForumDid), CancellationToken.None) > 0;
            if (await CreateAsync((id, now) => RunState.BeginRetry(id, runId, forumFailed, total, now), requestKey, asked) is not { } started)
                return await InTheWayAsync() ?? EndedMeanwhile();
            LogRetrying(started.RunId, ForumDid, runId, total);
            Drive();
            return new StartResult(StartOutcome.Started, started.RunId, started.Type);
        });
    }

    // Its list of errors is not empty then, and a relay is no repository that could be read again.
    async Task<string> NothingToRetryAsync(long runId) => await errors.CountRelaysAsync(runId, CancellationToken.None) is > 0 and var lists
        ? $"Run {runId} has no repository that is left to retry. Its {lists} errors are of relays' lists, which the next full sync asks for again."
        : $"Run {runId} has no errors that are left to retry.";
}
