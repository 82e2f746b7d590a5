using System.Runtime.InteropServices;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Hosting;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;
using Polly;
using Polly.Retry;

namespace Atbb.Silo.Commands;

/// <summary>A run that somebody waits for: started, or gone on with, watched to its end, paused by a signal.</summary>
static class ForegroundRun
{
    /// <summary>Goes through a run.</summary>
    public static Task<ForegroundOutcome> GoAsync(IServiceProvider services, string forumDid, StartRequest request, IProgressDisplay display) =>
        GoAsync(services, forumDid, backfill => backfill.StartAsync(request), run => request.Force is null || request.Force == run.Type, display);

    /// <summary>Goes through a retry of another run's failures.</summary>
    public static Task<ForegroundOutcome> RetryAsync(IServiceProvider services, string forumDid, long runId, IProgressDisplay display) =>
        GoAsync(services, forumDid, backfill => backfill.RetryAsync(runId), run => run.RetryOf == runId, display);

    static async Task<ForegroundOutcome> GoAsync(
        IServiceProvider services, string forumDid, Func<IBackfillGrain, Task<StartResult>> begin, Predicate<RunProgress> isAsked, IProgressDisplay display)
    {
        // Before the run is begun: whoever sees it begin may end the process by it, and it is to be paused.
        // Never disposed: a signal may still be under way to it when all is over.
        var signalled = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Signal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Signal);
        var backfill = services.GetRequiredService<IGrainFactory>().GetGrain<IBackfillGrain>(forumDid);
        var start = await begin(backfill);
        switch (start.Outcome)
        {
            case StartOutcome.Refused or StartOutcome.NoSuchRun or StartOutcome.KeyReused or StartOutcome.AnotherForum:
                return new(ExitCode.BadConfiguration, null, false, start.Message);
            case StartOutcome.NotNeeded:
                return new(ExitCode.Completed, null, false, start.Message ?? $"No backfill is needed: {Words.Of(start.Decision!.Reason)}.");
        }

        var runId = start.RunId!.Value;
        var isResumed = start.Outcome is StartOutcome.AlreadyRunning;
        // Another one than the command asks for: to go on with it in silence would pass for what was asked.
        if (isResumed && await backfill.GetRunAsync(runId) is { } unfinished && !isAsked(unfinished))
            return new(ExitCode.BadConfiguration, unfinished, true, AnotherIsUnfinished(unfinished));
        if (start.Message is { } note)
            display.Say(note);
        display.Say(isResumed ? $"Going on with run {runId} ({start.Type})." : $"Run {runId} ({start.Type}) has begun.");

        // The silo that it was begun on may go at any time from here on: it may belong to another process of the same cluster.
        var patience = Patience(services.GetRequiredService<TimeProvider>(), display, signalled.Token);
        RunProgress? last;
        try
        {
            await UntilSignalledAsync(patience, async token => await backfill.ResumeAsync(runId).WaitAsync(token), signalled.Token);
            await WatchAsync(backfill, display, patience, signalled.Token);
            last = signalled.IsCancellationRequested
                ? await backfill.PauseAsync(runId) ?? await backfill.GetRunAsync(runId)
                : await patience.ExecuteAsync(async token => await backfill.GetRunAsync(runId).WaitAsync(token), signalled.Token);
        }
        catch (Exception e) when (signalled.IsCancellationRequested && Trouble.MayPass(e, CancellationToken.None))
        {
            last = await LastKnownAsync(backfill);
            // Whoever has asked for the end gets it, and not only when the database is back.
            if (last is not { IsFinished: true } || last.RunId != runId)
                return new(ExitCode.Paused, last, isResumed, $"Interrupted; the pause could not be noted ({e.Message.TrimEnd('.')}). The same command goes on with this run from its last checkpoint.");
        }

        return last!.Status switch
        {
            RunStatus.Completed => new(ExitCode.Completed, last, isResumed, null),
            RunStatus.Paused => new(ExitCode.Paused, last, isResumed, "Paused. The same command goes on with this run."),
            _ => new(ExitCode.Failed, last, isResumed, $"The run ended as {last.Status}: {last.LastError}"),
        };

        void Signal(PosixSignalContext context)
        {
            // The second one ends it there and then, should the database or the silo that is asked be silent: the run goes on from its last checkpoint.
            context.Cancel = !signalled.IsCancellationRequested;
            signalled.Cancel();
        }
    }

    // Of a grain that nobody can reach nothing is known.
    static async Task<RunProgress?> LastKnownAsync(IBackfillGrain backfill)
    {
        try
        {
            return await backfill.GetProgressAsync();
        }
        catch (Exception e) when (Trouble.MayPass(e, CancellationToken.None))
        {
            return null;
        }
    }

    static string AnotherIsUnfinished(RunProgress run)
    {
        var name = run.Type switch
        {
            RunType.Retry => $"--retry {run.RetryOf}",
            RunType.CatchUp => "--type catch_up",
            RunType.FullSync => "--type full_sync",
            _ => throw new InvalidOperationException($"There is no command for {run.Type}."),
        };
        return $"Run {run.RunId} is unfinished, and there is one at a time: nothing was done. Go on with it by {name}, and give this command again when it has ended.";
    }

    /// <summary>Shows the run to its end. Should the grain go away, it is called again, which is also what makes the run go on elsewhere.</summary>
    internal static Task WatchAsync(IBackfillGrain backfill, IProgressDisplay display, ResiliencePipeline patience, CancellationToken cancellationToken) =>
        UntilSignalledAsync(patience, async token => await display.ShowAsync(backfill.WatchAsync(token), token), cancellationToken);

    static async Task UntilSignalledAsync(ResiliencePipeline patience, Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken)
    {
        try
        {
            await patience.ExecuteAsync(act, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Interrupted: what comes next is the pause.
        }
    }

    /// <summary>Asks again, until the caller has had enough.</summary>
    internal static ResiliencePipeline Patience(TimeProvider time, IProgressDisplay display, CancellationToken own) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.FromMilliseconds(500),
            BackoffType = DelayBackoffType.Constant,
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => Trouble.MayPass(e, own)),
            OnRetry = retry =>
            {
                if (retry.AttemptNumber == 0)
                    display.Note($"The backfill does not answer and is asked again until it does: {retry.Outcome.Exception!.Message}");
                return default;
            },
        })
        .Build();
}
