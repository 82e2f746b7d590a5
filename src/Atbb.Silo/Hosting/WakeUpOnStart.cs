using Atbb.Grains;
using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Remote;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Polly;
using Polly.Retry;

namespace Atbb.Silo.Hosting;

/// <summary>
/// A starting silo goes on with an unfinished run at once, without waiting for its reminder, or starts the run that is needed. And when another silo goes, which may
/// have driven the run, this one looks after it.
/// </summary>
sealed partial class WakeUpOnStart(
    IGrainFactory grains, IClusterMembershipService membership, IOptions<ForumOptions> forum, IOptions<BackfillOptions> backfill, TimeProvider time, ILogger<WakeUpOnStart> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Right after the start of a cluster a call may meet a silo that has just gone.
        var patience = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(MayPass),
                OnRetry = retry =>
                {
                    LogRetry(logger, retry.RetryDelay, retry.Outcome.Exception!, retry.Outcome.Exception!.Message);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

        await WakeUpAsync(backfill.Value.OnStartup);
        var gone = Gone(membership.CurrentSnapshot);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var goneBefore = gone;
            gone = Gone(snapshot);
            if (!gone.IsSubsetOf(goneBefore))
                await WakeUpAsync(startIfNeeded: false);
        }

        async Task WakeUpAsync(bool startIfNeeded)
        {
            try
            {
                var result = await patience.ExecuteAsync(
                    async _ => await grains.GetGrain<IBackfillGrain>(forum.Value.Did).WakeUpAsync(startIfNeeded), stoppingToken);
                LogWoken(forum.Value.Did, WhatCameOf(result, startIfNeeded));
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // What it calls is being taken down around it.
            }
            catch (Exception e)
            {
                // The silo goes on: it serves repositories of others' runs, tells what is wrong, and looks after the run again when another silo goes.
                LogNotWoken(e, forum.Value.Did, IndexOutage.ReasonOf(e));
            }
        }
    }

    // Another silo, the way to it, the database, or an activation that took too long. What is none of these would be the same at the next attempt.
    static bool MayPass(Exception error) => error is IndexUnreachableException or InconsistentStateException or OperationCanceledException || IndexOutage.Is(error);

    static HashSet<SiloAddress> Gone(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(static member => member.Status is SiloStatus.Dead).Select(static member => member.SiloAddress)];

    internal static string WhatCameOf(StartResult result, bool startsIfNeeded) => result switch
    {
        { Outcome: StartOutcome.Started } => $"run {result.RunId} ({result.Type}) was needed and has begun",
        { Outcome: StartOutcome.AlreadyRunning } => $"run {result.RunId} ({result.Type}) is unfinished and stays as it was, running or paused",
        { Outcome: StartOutcome.NotNeeded, Decision.Reason: var reason } => $"no run is needed ({Words.Of(reason)})",
        { Outcome: StartOutcome.NotNeeded } when !startsIfNeeded => "no run is unfinished, and none is to be started by itself (Atbb:Backfill:OnStartup counts at a start alone)",
        _ => $"no run was begun ({result.Outcome}): {result.Message}",
    };

    [LoggerMessage(310, LogLevel.Information, "silo.woken: the backfill of {Forum} was looked after: {WhatCame}", EventName = "silo.woken")]
    partial void LogWoken(string forum, string whatCame);

    [LoggerMessage(311, LogLevel.Warning, "silo.wake_up_failed: the backfill did not answer and is asked again in {Delay}; if that goes on, see that the index's database answers and that the cluster's silos reach one another (Atbb:Cluster:Address): {Reason}", EventName = "silo.wake_up_failed")]
    static partial void LogRetry(ILogger logger, TimeSpan delay, Exception exception, string reason);

    [LoggerMessage(312, LogLevel.Error, "silo.not_woken: the backfill of {Forum} was not looked after, and asking again does not help: an unfinished run waits for its reminder, and none is begun. Report it with this stack; once it is mended, start this process again, or a run: {Reason}", EventName = "silo.not_woken")]
    partial void LogNotWoken(Exception exception, string forum, string reason);
}
