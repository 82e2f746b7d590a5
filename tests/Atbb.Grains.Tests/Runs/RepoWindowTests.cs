using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;
using Atbb.Testing.Clocks;

namespace Atbb.Grains.Tests.Runs;

public class RepoWindowTests
{
    static readonly RepoSlice Done = new(new RepoOutcome.Completed(), default);

    readonly SettableClock time = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_HalfOfAllParkedWhereThereIsOnePlace_TheOthersAreAllSettledFirst()
    {
        var asked = new List<string>();
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var window = Window(width: 1, count: 200, did =>
        {
            asked.Add(did);
            if (asked.Count == 200)
                others.SetResult();
            return IsSlow(did) && asked.Count <= 200 ? Parked(TimeSpan.FromSeconds(1)) : Done;
        });

        var draining = window.DrainAsync(Cancel);
        await others.Task.WaitAsync(Cancel);
        while (!draining.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await draining;
        Assert.Equal(300, asked.Count);
        Assert.All(asked.Skip(200), did => Assert.True(IsSlow(did)));
        Assert.Equal(200, window.Ledger.Done);
    }

    [Fact]
    public async Task Drain_SomeAreSettledAlready_CountsThemAndAsksTheOthers()
    {
        var asked = new List<string>();
        var ledger = new RunLedger(null, 0, default);
        var came = new SyncCounts { Indexed = 2, Requests = 1 };
        var window = new RepoWindow(
            ledger, 2, TimeSpan.FromHours(1), new Pages(1_000, i => i % 10 == 3 ? null : came), time, new RunTrouble(),
            (did, _) =>
            {
                asked.Add(did);
                return Task.FromResult(Done);
            });

        await window.DrainAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 1_000).Where(i => i % 10 == 3).Select(i => $"did:{i:D6}"), asked);
        Assert.Equal((1_000, 1_000, "did:000999"), (ledger.Done, ledger.DoneAtMark, ledger.LowWaterMark));
        Assert.Equal((1_800, 900), (ledger.CountsAtMark.Indexed, ledger.CountsAtMark.Requests));
    }

    /// <summary>Whom the first of them have settled meanwhile is not asked any more.</summary>
    [Fact]
    public async Task Drain_MorePlacesThanAPageHas_TakesTheSecondOnceAFifthHasAnswered()
    {
        var asked = new List<TaskCompletionSource<RepoSlice>>();
        var window = new RepoWindow(
            new RunLedger(null, 0, default), 600, TimeSpan.FromHours(1), new Pages(1_000, _ => asked.Count > 0 ? new SyncCounts() : null), time, new RunTrouble(),
            (_, _) =>
            {
                asked.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
                return asked[^1].Task;
            });

        await InTurnsAsync(DrainAsync);

        async Task DrainAsync()
        {
            var draining = window.DrainAsync(Cancel);
            await AnswerAsync(99, done: 99);
            // With those of the second page, that are settled.
            await AnswerAsync(101, done: 601);
            await AnswerAsync(500, done: 1_000);
            await draining;
        }

        async Task AnswerAsync(int first, int done)
        {
            asked.Take(first).ToList().ForEach(static repo => repo.TrySetResult(Done));
            while (window.Ledger.Done < done)
                await Task.Yield();
            Assert.Equal((500, done), (asked.Count, window.Ledger.Done));
        }
    }

    /// <summary>Hosts that take requests and do not answer hold up those of others for a second, once.</summary>
    [Fact]
    public async Task Drain_NobodyOfTheFirstPageAnswers_TakesTheOthersAfterASecond()
    {
        var never = new TaskCompletionSource<RepoSlice>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var window = new RepoWindow(
            new RunLedger(null, 0, default), 600, TimeSpan.FromHours(1), new Pages(2_000, static _ => null), time, new RunTrouble(),
            (_, _) => ++asked <= 500 ? never.Task : Task.FromResult(Done));

        await InTurnsAsync(async () =>
        {
            var draining = window.DrainAsync(Cancel);
            time.Advance(TimeSpan.FromMilliseconds(999));
            await Task.Yield();
            Assert.Equal(500, asked);
            while (window.Ledger.Done < 1_500)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }

            never.SetResult(Done);
            await draining;
        });

        Assert.Equal(2_000, window.Ledger.Done);
    }

    /// <summary>A database in the same process answers at once: nobody else would have a turn before the last is counted.</summary>
    [Fact]
    public async Task Drain_AllAreSettledAlready_LeavesTurnsToOthersAndCanBeCancelled()
    {
        using var stop = new CancellationTokenSource();
        var ledger = new RunLedger(null, 0, default);
        var window = new RepoWindow(
            ledger, 2, TimeSpan.FromHours(1), new Pages(100_000, static _ => new SyncCounts()), time, new RunTrouble(), (_, _) => throw new InvalidOperationException("Nobody is asked."));
        var turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        // Asked for in the very turn in which it begins: it comes behind the next of the drain's turns, however late this thread goes on.
        var draining = await Task.Factory.StartNew(
            () =>
            {
                var drained = window.DrainAsync(stop.Token);
                _ = Task.Factory.StartNew(stop.Cancel, Cancel, TaskCreationOptions.None, turns);
                return drained;
            }, Cancel, TaskCreationOptions.None, turns);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draining);
        Assert.InRange(ledger.Done, 1, 99_999);
        Assert.Equal(ledger.Done, ledger.DoneAtMark);
    }

    [Fact]
    public async Task Drain_NoneIsToBeHadForNow_BeginsOnlySoMany()
    {
        var asked = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var window = Window(width: 32, count: 20_000, _ =>
        {
            if (++asked == 10_000)
                full.SetResult();
            return Parked(TimeSpan.FromHours(1));
        });

        var draining = window.DrainAsync(stop.Token);
        await full.Task.WaitAsync(Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draining);

        // Those that were under way when the bound was reached are over it.
        Assert.InRange(window.Ledger.OpenCount, 10_000, 10_032);
        Assert.True(window.IsHeldBack);
        Assert.Contains("those that are not begun yet wait with them", window.LastError, StringComparison.Ordinal);
    }

    /// <summary>Nothing else would end the other one before its repository has an end.</summary>
    [Fact]
    public async Task Drain_ARepositoryIsBrokenBesideOneWithoutEnd_ThrowsOnceThatHasEndedItsPage()
    {
        var isOver = false;
        var window = new RepoWindow(
            new RunLedger(null, 0, default), 2, TimeSpan.FromHours(1), new Pages(2, static _ => null), time, new RunTrouble(),
            async (did, _) =>
            {
                await Task.Yield();
                return IsSlow(did) ? throw new InvalidOperationException("A bug.") : isOver ? Done : new(new RepoOutcome.More(), default);
            });

        try
        {
            await InTurnsAsync(() => Assert.ThrowsAsync<RepoBrokenException>(() => window.DrainAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel)));
        }
        finally
        {
            isOver = true;
        }

        Assert.Equal((0, 2), (window.InFlight, window.Ledger.OpenCount));
    }

    [Theory]
    [InlineData(365, 0)]
    [InlineData(0, -365)]
    public async Task Drain_ParkedByAClockAhead_WaitsNoLongerThanTheLongest(int aheadDays, int setBackDays)
    {
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var window = Window(width: 1, count: 1, _ => ++asked == 1 ? Parked(TimeSpan.FromMinutes(59) + TimeSpan.FromDays(aheadDays)) : Done);
        time.Waits += () => parked.TrySetResult();

        var draining = window.DrainAsync(Cancel);
        await parked.Task.WaitAsync(Cancel);
        time.SetBy = TimeSpan.FromDays(setBackDays);
        time.Advance(TimeSpan.FromHours(1));

        await draining.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task LastError_OfWhatWaitsForItsTurn_IsNone()
    {
        var asked = 0;
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        time.Waits += () => parked.TrySetResult();
        var window = Window(width: 1, count: 1, _ => ++asked == 1
            ? new(new RepoOutcome.Parked(time.GetUtcNow() + TimeSpan.FromSeconds(1), "its turn comes", IsTurn: true), default)
            : Done);

        var draining = window.DrainAsync(Cancel);
        await parked.Task.WaitAsync(Cancel);

        Assert.Null(window.LastError);
        time.Advance(TimeSpan.FromSeconds(1));
        await draining.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Wake_ParkedForAnHour_IsAskedAtOnce()
    {
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var window = Window(width: 1, count: 1, _ => ++asked == 1 ? Parked(TimeSpan.FromHours(1)) : Done);
        time.Waits += () => parked.TrySetResult();

        var draining = window.DrainAsync(Cancel);
        await parked.Task.WaitAsync(Cancel);
        window.Wake("did:nobody");
        window.Wake("did:000000");

        await draining.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Drain_OneWaitsForItsHost_WhoeverIsFoundMeanwhileIsReadAndTheMarkStaysBelowTheOneThatWaits()
    {
        var asked = new List<string>();
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var window = Window(
            width: 2,
            count: 2,
            did =>
            {
                asked.Add(did);
                if (did == "did:found")
                    found.SetResult();
                return did == "did:000001" && asked.Count <= 2 ? Parked(TimeSpan.FromMinutes(50)) : Done;
            },
            (of, _) =>
            {
                if (of.Ledger.Round == 1)
                    return Task.FromResult<IRepoSource?>(null);
                of.Ledger.Enter(1, default);
                return Task.FromResult<IRepoSource?>(new Found("did:found"));
            });

        var draining = window.DrainAsync(Cancel);
        while (!found.Task.IsCompleted && !draining.IsCompleted)
            await PassAsync(TimeSpan.FromMilliseconds(100));

        Assert.True(found.Task.IsCompleted, "whoever was found waits for a host that is not theirs");
        Assert.Equal((0, "did:000000", 1), (window.Ledger.RoundAtMark, window.Ledger.LowWaterMark, window.Ledger.DoneAtMark));
        while (!draining.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await draining;
        Assert.Equal(["did:000000", "did:000001", "did:found", "did:000001"], asked);
        Assert.Equal((1, "did:found", 3), (window.Ledger.RoundAtMark, window.Ledger.LowWaterMark, window.Ledger.DoneAtMark));
    }

    [Fact]
    public async Task Drain_ARoundListsWhoStillWaits_ReadsItOnce()
    {
        var asked = 0;
        var window = Window(
            width: 2,
            count: 1,
            _ => ++asked == 1 ? Parked(TimeSpan.FromMinutes(1)) : Done,
            (of, _) =>
            {
                if (of.Ledger.Round == 1)
                    return Task.FromResult<IRepoSource?>(null);
                of.Ledger.Enter(1, default);
                return Task.FromResult<IRepoSource?>(new Found("did:000000"));
            });

        var draining = window.DrainAsync(Cancel);
        while (!draining.IsCompleted)
            await PassAsync(TimeSpan.FromSeconds(1));

        await draining;
        Assert.Equal((2, 1), (asked, window.Ledger.Done));
    }

    [Fact]
    public async Task Drain_EverMoreAreFoundWhileOneWaits_BeginsNoMoreRoundsThanDoublings()
    {
        var asked = 0;
        var rounds = 0;
        var window = Window(
            width: 2,
            count: 1,
            _ => ++asked == 1 ? Parked(TimeSpan.FromHours(1)) : Done,
            (of, _) =>
            {
                if (of.Ledger.OpenCount == 0)
                    return Task.FromResult<IRepoSource?>(null);
                of.Ledger.Enter(++rounds, default);
                return Task.FromResult<IRepoSource?>(new Found("did:found"));
            });

        var draining = window.DrainAsync(Cancel);
        while (!draining.IsCompleted)
            await PassAsync(TimeSpan.FromSeconds(5));

        await draining;
        // 10 seconds, 20, 40, and so on, in an hour.
        Assert.InRange(rounds, 3, 9);
    }

    [Fact]
    public async Task AwaitingTurn_OfThoseThatWait_CountsThoseThatNothingIsWrongWith()
    {
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The database's outage is nobody's failure, and no host's turn either.
        RepoSlice Waits(bool isTurn) => new(new RepoOutcome.Parked(time.GetUtcNow().AddHours(1), "not now", IsTurn: isTurn), default);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var window = Window(width: 1, count: 5, did => Waits(isTurn: !IsSlow(did)));
        time.Waits += () => parked.TrySetResult();

        var draining = window.DrainAsync(ends.Token);
        await parked.Task.WaitAsync(Cancel);

        Assert.Equal((5, 3), (window.Deferred, window.AwaitingTurn));
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draining);
    }

    /// <summary>Each page comes, and so nothing ever fails; whoever is behind them would wait until they are given up.</summary>
    [Fact]
    public Task Drain_RepositoriesWithoutEndHoldEveryPlace_TheOthersAreReadBesideThem() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless: 2, others: 20);
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => window.Ledger.Done == 20);

        // A minute for the turn of both, and then one after the other, a page each.
        Assert.InRange(forum.Held.Count, 32, 34);
        Assert.Equal(2, window.Ledger.OpenCount);
        await forum.CancelAsync(draining);
    });

    /// <summary>Who waits for something before his minute is over, and is due at once, does not begin another one.</summary>
    [Fact]
    public Task Drain_RepositoriesWithoutEndThatParkBetweenTheirPages_TheOthersAreReadBesideThem() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless: 2, others: 20, parksAfter: 5);
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => window.Ledger.Done == 20);

        Assert.InRange(forum.Held.Count, 30, 45);
        Assert.Equal(2, window.Ledger.OpenCount);
        await forum.CancelAsync(draining);
    });

    [Fact]
    public Task Drain_MoreRepositoriesWithoutEndThanHalfOfThePlaces_HoldHalfWhileOthersAreToBeBegunAndTakeTurns() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 8, endless: 8, others: 200);
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => forum.Held.Count == 80);

        Assert.Equal([.. Enumerable.Repeat(8, 12), .. Enumerable.Repeat(4, 50), .. Enumerable.Repeat(8, 18)], forum.Held);
        // Two turns are 24 pages.
        Assert.Equal(8, forum.Pages.Count);
        Assert.InRange(forum.Pages.Values.Max() - forum.Pages.Values.Min(), 0, 24);
        await forum.CancelAsync(draining);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public Task Drain_RepositoriesWithoutEndAndNobodyElse_HaveEveryPlaceAndNoPause(int endless) => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless, others: 0);
        var draining = window.DrainAsync(forum.Stop);

        // Time passes only while each place is read at.
        await forum.ReadUntilAsync(draining, () => forum.Held.Count == 720);

        Assert.All(forum.Held, held => Assert.Equal(2, held));
        Assert.InRange(forum.Pages.Values.Sum(), 1438, 1440);
        Assert.InRange(forum.Pages.Values.Max() - forum.Pages.Values.Min(), 0, 24);
        Assert.Equal(endless - 2, window.Deferred);
        await forum.CancelAsync(draining);
    });

    [Fact]
    public Task Drain_OthersAreDueWhereRepositoriesWithoutEndHaveEveryPlace_GetTheirHalfAfterAPage() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 4, endless: 6, others: 3, wait: TimeSpan.FromSeconds(620));
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => window.Ledger.Done == 3);

        // Parked when all six have had their first turn, at 120 s; due at 740 s, 20 s after other turns have begun.
        Assert.Equal(4, forum.Held[^1]);
        Assert.InRange(forum.Held.Count, 148, 149);
        await forum.CancelAsync(draining);
    });

    [Fact]
    public Task Drain_OnePlace_IsLentToOneWithoutEndOnlyWhileThereIsNobodyElse() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 1, endless: 1, others: 20);
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => forum.Held.Count == 40);

        Assert.Equal([.. Enumerable.Repeat(1, 12), .. Enumerable.Repeat(0, 20), .. Enumerable.Repeat(1, 8)], forum.Held);
        await forum.CancelAsync(draining);
    });

    [Fact]
    public Task Drain_CancelledWhileSomeWaitForTheirTurn_EndsAndLeavesAllOfThemOpen() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless: 4, others: 0);
        var draining = window.DrainAsync(forum.Stop);
        await forum.ReadUntilAsync(draining, () => window.Deferred == 2);

        await forum.CancelAsync(draining);

        Assert.Equal((0, 2, 4), (window.InFlight, window.Deferred, window.Ledger.OpenCount));
        Assert.Empty(forum.Reading);
    });

    [Fact]
    public Task Waiting_ForTheNextTurn_IsShownAndIsNoFailure() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless: 4, others: 0);
        var draining = window.DrainAsync(forum.Stop);
        await forum.ReadUntilAsync(draining, () => window.Deferred == 2);

        Assert.Equal((2, 2), (window.Deferred, window.AwaitingTurn));
        Assert.All(window.Waiting, static repo => Assert.Contains("waits for its next turn", repo.Reason, StringComparison.Ordinal));
        Assert.Equal(4, window.Waiting.Select(static repo => repo.Did).Concat(window.Reading).Distinct().Count());
        Assert.Equal(time.GetUtcNow(), window.NextAttemptAt);
        Assert.Empty(window.Hosts);
        Assert.Null(window.LastError);
        await forum.CancelAsync(draining);
    });

    /// <summary>Its turn comes anyway, and that it is not read twice at once is checked for every page.</summary>
    [Fact]
    public Task Wake_OneThatWaitsForItsTurn_LeavesItWhereItIs() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 2, endless: 3, others: 0);
        var draining = window.DrainAsync(forum.Stop);
        await forum.ReadUntilAsync(draining, () => window.Deferred == 1);
        var waiting = window.Waiting.Single();

        window.Wake(waiting.Did);
        Assert.Equal(waiting, window.Waiting.Single());

        await forum.ReadUntilAsync(draining, () => window.Reading.Contains(waiting.Did) && forum.Held.Count > 60);
        await forum.CancelAsync(draining);
    });

    [Fact]
    public Task Drain_VeryManyRepositoriesWithoutEnd_BeginsOnlySoMany() => InTurnsAsync(async () =>
    {
        var (window, forum) = Trickling(width: 256, endless: 20_000, others: 0, page: TimeSpan.FromMinutes(1));
        var draining = window.DrainAsync(forum.Stop);

        await forum.ReadUntilAsync(draining, () => forum.Held.Count == 120);

        Assert.InRange(window.Ledger.OpenCount, 10_000, 10_256);
        Assert.True(window.IsHeldBack);
        await forum.CancelAsync(draining);
    });

    // Slowly enough for the window to keep up: a clock that has run ahead of it brings everything at once.
    async Task PassAsync(TimeSpan passed)
    {
        time.Advance(passed);
        await Task.Delay(TimeSpan.FromMilliseconds(1), Cancel);
    }

    RepoWindow Window(int width, int count, Func<string, RepoSlice> sync, Func<RepoWindow, CancellationToken, Task<IRepoSource?>>? nextRound = null) => new(
        new RunLedger(null, 0, default), width, TimeSpan.FromHours(1), new Pages(count, static _ => null), time, new RunTrouble(), (did, _) => Task.FromResult(sync(did)),
        TimeSpan.FromSeconds(10), nextRound);

    (RepoWindow Window, TricklingForum Forum) Trickling(int width, int endless, int others, TimeSpan wait = default, TimeSpan? page = null, int parksAfter = int.MaxValue)
    {
        var forum = new TricklingForum(time, width, $"did:{endless:D6}", wait, page ?? TimeSpan.FromSeconds(5), parksAfter);
        return (new(new RunLedger(null, 0, default), width, TimeSpan.FromHours(1), new Pages(endless + others, static _ => null), time, new RunTrouble(), forum.SyncAsync), forum);
    }

    RepoSlice Parked(TimeSpan wait) => new(new RepoOutcome.Parked(time.GetUtcNow() + wait, "not now"), default);

    static bool IsSlow(string did) => (did[^1] - '0') % 2 == 1;

    sealed class Found(string did) : IRepoSource
    {
        public Task<IReadOnlyList<EnumeratedRepo>> NextAsync(string? after, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<EnumeratedRepo>>(after is null ? [new(did)] : []);
    }

    // As in a grain, one thing at a time.
    static Task InTurnsAsync(Func<Task> work) => Task.Factory
        .StartNew(work, Cancel, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap()
        .WaitAsync(TimeSpan.FromSeconds(60), Cancel);

    /// <summary>Repositories whose every page takes so long. Those below a DID have no end, the others have a page, or none and a host that is waited for first.</summary>
    sealed class TricklingForum(SettableClock time, int width, string firstWithEnd, TimeSpan wait, TimeSpan page, int parksAfter)
    {
        readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        readonly HashSet<string> parked = [];

        public CancellationToken Stop => stop.Token;

        public HashSet<string> Reading { get; } = [];

        /// <summary>Of those without end.</summary>
        public Dictionary<string, int> Pages { get; } = [];

        /// <summary>How many places those had, page after page.</summary>
        public List<int> Held { get; } = [];

        public async Task<RepoSlice> SyncAsync(string did, CancellationToken cancellationToken)
        {
            if (!IsEndless(did) && wait > TimeSpan.Zero)
                return parked.Add(did) ? new(new RepoOutcome.Parked(time.GetUtcNow() + wait, "not now"), default) : Done;

            Assert.True(Reading.Add(did), $"{did} is read twice at once");
            try
            {
                await Task.Delay(page, time, cancellationToken);
            }
            finally
            {
                Reading.Remove(did);
            }

            if (!IsEndless(did))
                return Done;
            Pages[did] = Pages.GetValueOrDefault(did) + 1;
            return Pages[did] % parksAfter == 0 ? new(new RepoOutcome.Parked(time.GetUtcNow(), "not now"), default) : new(new RepoOutcome.More(), default);
        }

        /// <summary>Lets a page's time pass whenever there is somebody at every place.</summary>
        public async Task ReadUntilAsync(Task draining, Func<bool> isReached)
        {
            var limit = Task.Delay(TimeSpan.FromMinutes(2), Cancel);
            while (Reading.Count < width || !isReached())
            {
                Assert.False(draining.IsCompleted, draining.Exception?.ToString());
                Assert.False(limit.IsCompleted, $"{Reading.Count} are being read, after {Held.Count} pages");
                if (Reading.Count == width)
                {
                    Held.Add(Reading.Count(IsEndless));
                    time.Advance(page);
                }

                await Task.Yield();
            }
        }

        public async Task CancelAsync(Task draining)
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draining.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        }

        bool IsEndless(string did) => string.CompareOrdinal(did, firstWithEnd) < 0;
    }

    sealed class Pages(int count, Func<int, SyncCounts?> settled) : IRepoSource
    {
        public Task<IReadOnlyList<EnumeratedRepo>> NextAsync(string? after, CancellationToken cancellationToken)
        {
            var first = after is null ? 0 : int.Parse(after[4..], System.Globalization.CultureInfo.InvariantCulture) + 1;
            return Task.FromResult<IReadOnlyList<EnumeratedRepo>>([.. Enumerable.Range(first, Math.Min(500, count - first)).Select(i => new EnumeratedRepo($"did:{i:D6}", settled(i)))]);
        }
    }
}
