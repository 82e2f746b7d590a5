using System.Runtime.CompilerServices;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Commands;
using Atbb.Silo.Progress;
using Microsoft.Extensions.DependencyInjection;

namespace Atbb.Silo.Tests.Commands;

public class ForegroundRunTests
{
    public static TheoryData<Exception> PassingFailures =>
        [new EnumerationAbortedException("gone"), new OrleansException("gone"), new TimeoutException(), new IndexUnreachableException("gone"), new TaskCanceledException()];

    [Theory]
    [MemberData(nameof(PassingFailures), DisableDiscoveryEnumeration = true)]
    public async Task Watch_AGrainThatGoesAway_IsWatchedAgainUntilTheRunEnds(Exception failure)
    {
        var grain = new Backfill(failure, RunStatus.Completed);
        var output = new StringWriter();

        await ForegroundRun.WatchAsync(
            grain, new PlainProgress(output), ForegroundRun.Patience(new WithoutWaiting(), new PlainProgress(TextWriter.Null), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        Assert.Equal(2, grain.Watched);
        Assert.Contains("run 1 Completed", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The silo that told of the end may go with it.</summary>
    [Theory]
    [MemberData(nameof(PassingFailures), DisableDiscoveryEnumeration = true)]
    public async Task Go_TheGrainGoesAwayAtTheEnd_IsAskedAgainWhatCameOfTheRun(Exception failure)
    {
        var ended = Backfill.Run(RunStatus.Completed);
        var watched = new Backfill(failure, RunStatus.Completed);
        var asked = 0;
        var grain = Calls.To<IBackfillGrain>((method, _) => method!.Name switch
        {
            nameof(IBackfillGrain.StartAsync) => Task.FromResult(new StartResult(StartOutcome.Started, 1, RunType.FullSync)),
            nameof(IBackfillGrain.ResumeAsync) => Task.FromResult<RunProgress?>(ended),
            nameof(IBackfillGrain.WatchAsync) => watched.WatchAsync(),
            nameof(IBackfillGrain.GetRunAsync) when ++asked < 3 => Task.FromException<RunProgress?>(failure),
            nameof(IBackfillGrain.GetRunAsync) => Task.FromResult<RunProgress?>(ended),
            var other => throw new NotSupportedException(other),
        });
        await using var services = new ServiceCollection()
            .AddSingleton(Calls.To<IGrainFactory>((_, _) => grain)).AddSingleton<TimeProvider>(new WithoutWaiting()).BuildServiceProvider();

        var outcome = await ForegroundRun.GoAsync(services, "did:plc:forum", new StartRequest(), new PlainProgress(TextWriter.Null));

        Assert.Equal((ExitCode.Completed, ended, 3), (outcome.ExitCode, outcome.Run, asked));
    }

    [Fact]
    public async Task Watch_Interrupted_EndsWithoutBeingWatchedAgain()
    {
        using var interrupt = new CancellationTokenSource();
        var grain = new Backfill(new TimeoutException(), RunStatus.Completed) { BeforeFailing = interrupt.Cancel };

        await ForegroundRun.WatchAsync(grain, new PlainProgress(TextWriter.Null), ForegroundRun.Patience(TimeProvider.System, new PlainProgress(TextWriter.Null), interrupt.Token), interrupt.Token);

        Assert.Equal(1, grain.Watched);
    }

    /// <summary>Fails the first time it is watched, in the middle.</summary>
    sealed class Backfill(Exception failure, RunStatus end) : IBackfillGrain
    {
        public int Watched { get; private set; }

        public Action BeforeFailing { get; init; } = () => { };

        public async IAsyncEnumerable<RunProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return Run(RunStatus.InProgress);
            if (++Watched == 1)
            {
                BeforeFailing();
                throw failure;
            }

            yield return Run(end);
        }

        public static RunProgress Run(RunStatus status) =>
            new() { RunId = 1, Type = RunType.FullSync, Status = status, Phase = RunPhase.Users, StartedAt = DateTimeOffset.UnixEpoch };

        public Task<BackfillDecision> DecideAsync() => throw new NotSupportedException();

        public Task<StartResult> StartAsync(StartRequest request) => throw new NotSupportedException();

        public Task<StartResult> WakeUpAsync(bool startIfNeeded) => throw new NotSupportedException();

        public Task<StartResult> RetryAsync(long runId, string? requestKey = null) => throw new NotSupportedException();

        public Task<IndexReport> JudgeIndexAsync() => throw new NotSupportedException();

        public Task<IReadOnlyList<RunError>> ListOpenErrorsAsync(OpenErrorQuery query) => throw new NotSupportedException();

        public Task<long> CountErrorsAsync(RunErrorQuery query) => throw new NotSupportedException();

        public Task<RunProgress?> PauseAsync(long runId) => throw new NotSupportedException();

        public Task<RunProgress?> ResumeAsync(long runId) => throw new NotSupportedException();

        public Task<RunProgress?> CancelAsync(long runId) => throw new NotSupportedException();

        public Task<RunProgress?> GetProgressAsync() => throw new NotSupportedException();

        public Task<RunProgress?> GetRunAsync(long runId) => throw new NotSupportedException();

        public Task<IReadOnlyList<RunProgress>> ListRunsAsync(int limit, long? before) => throw new NotSupportedException();

        public Task<IReadOnlyList<RunError>> ListErrorsAsync(RunErrorQuery query) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> FindByHandleAsync(string handle) => throw new NotSupportedException();
    }

    /// <summary>Every timer is due at once.</summary>
    sealed class WithoutWaiting : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
