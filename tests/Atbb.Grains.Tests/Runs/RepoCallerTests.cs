using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;
using Atbb.Grains.Tests.Cluster;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Grains.Tests.Runs;

public sealed class RepoCallerTests : IDisposable
{
    const string Alice = "did:plc:alice";

    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    readonly List<string> givenUp = [];
    readonly LogMemory log = new();
    readonly ILoggerFactory loggers;

    public RepoCallerTests() => loggers = LoggerFactory.Create(logging => logging.AddProvider(log));

    public void Dispose() => loggers.Dispose();

    RepoCaller Caller(Func<RepoSlice> answer) => new(
        (_, _) => Task.FromResult(answer()),
        (did, kind, reason, _) =>
        {
            givenUp.Add($"{did} {kind}: {reason}");
            return Task.CompletedTask;
        },
        new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>()), new BackfillOptions { MaxAttempts = 3 }, time, new Random(1));

    static Func<RepoSlice> InTurn(params object[] answers)
    {
        var turns = new Queue<object>(answers);
        return () => turns.Dequeue() is var next && next is Exception e ? throw e : (RepoSlice)next;
    }

    static RepoSlice Slice(RepoOutcome outcome, long indexed) => new(outcome, new SyncCounts { Indexed = indexed });

    [Fact]
    public async Task Sync_WhileTheDatabaseIsAway_WaitsHoweverLongAndSaysSoOnce()
    {
        var away = Enumerable.Repeat<object>(new IndexUnreachableException("gone"), 50);
        var caller = Caller(InTurn([Slice(new RepoOutcome.More(), 7), .. away, Slice(new RepoOutcome.Completed(), 9)]));
        await caller.SyncAsync(Alice, CancellationToken.None);

        for (var i = 0; i < 50; i++)
        {
            var slice = await caller.SyncAsync(Alice, CancellationToken.None);
            var parked = Assert.IsType<RepoOutcome.Parked>(slice.Outcome);
            Assert.Equal((time.GetUtcNow() + TimeSpan.FromSeconds(2), 7), (parked.Until, slice.Counts.Indexed));
        }

        Assert.IsType<RepoOutcome.Completed>((await caller.SyncAsync(Alice, CancellationToken.None)).Outcome);
        Assert.Empty(givenUp);
        Assert.Equal((1, LogLevel.Error), (log.Of("backfill.database_outage").Count, log.Of("backfill.database_outage")[0].Level));
        Assert.Single(log.Of("backfill.database_back"));
    }

    /// <summary>A full disk is read from as ever: only what has come further was written.</summary>
    [Fact]
    public async Task Sync_RepositoriesThatAreOnlyReadWhileNothingCanBeWritten_DoNotEndTheOutage()
    {
        const string Bob = "did:plc:bob";
        var caller = Caller(InTurn(
            Slice(new RepoOutcome.More(), 7), new IndexUnreachableException("full"),
            // As one that its row says to be done; one whose reading was stopped; one that had to read its row anew.
            Slice(new RepoOutcome.Completed(), 5), Slice(new RepoOutcome.More(), 7), Slice(new RepoOutcome.More(), 0), Slice(new RepoOutcome.More(), 8)));
        await caller.SyncAsync(Alice, CancellationToken.None);
        await caller.SyncAsync(Alice, CancellationToken.None);

        foreach (var did in new[] { Bob, Alice, Alice })
        {
            await caller.SyncAsync(did, CancellationToken.None);
            Assert.Empty(log.Of("backfill.database_back"));
        }

        await caller.SyncAsync(Alice, CancellationToken.None);
        Assert.Single(log.Of("backfill.database_back"));
    }

    [Fact]
    public async Task Sync_AGrainThatNeverAnswers_IsGivenUpAfterABoundedNumberOfAttempts()
    {
        var caller = Caller(InTurn(Slice(new RepoOutcome.More(), 7), new TimeoutException("late"), new OrleansException("lost"), new TimeoutException("late")));
        await caller.SyncAsync(Alice, CancellationToken.None);

        var first = Assert.IsType<RepoOutcome.Parked>((await caller.SyncAsync(Alice, CancellationToken.None)).Outcome);
        var second = Assert.IsType<RepoOutcome.Parked>((await caller.SyncAsync(Alice, CancellationToken.None)).Outcome);
        var third = await caller.SyncAsync(Alice, CancellationToken.None);

        Assert.Equal((1, 2), (first.Attempts, second.Attempts));
        Assert.True(second.Until - time.GetUtcNow() >= TimeSpan.FromSeconds(1), "the second wait is longer");
        Assert.IsType<RepoOutcome.GivenUp>(third.Outcome);
        Assert.Equal(new SyncCounts { Indexed = 7, Failed = 1 }, third.Counts);
        Assert.Contains("3 attempts: late", Assert.Single(givenUp), StringComparison.Ordinal);
    }

    /// <summary>A host that answers a record an hour would otherwise keep the run from its end for years.</summary>
    [Fact]
    public async Task Sync_ARepositoryThatAlwaysGoesOn_IsGivenUpWhenItsTimeIsUp()
    {
        var caller = Caller(InTurn([.. Enumerable.Range(1, 30).Select(i => Slice(new RepoOutcome.Parked(time.GetUtcNow().AddHours(1), "its turn", 0), i))]));

        var slices = new List<RepoSlice>();
        do
        {
            slices.Add(await caller.SyncAsync(Alice, CancellationToken.None));
            time.Advance(TimeSpan.FromHours(1));
        }
        while (slices[^1].Outcome is RepoOutcome.Parked);

        Assert.Equal(26, slices.Count);
        Assert.IsType<RepoOutcome.GivenUp>(slices[^1].Outcome);
        Assert.Equal(new SyncCounts { Indexed = 25, Failed = 1 }, slices[^1].Counts);
        Assert.StartsWith($"{Alice} too_slow: {Alice} was not read to its end in 1.00:00:00.", Assert.Single(givenUp), StringComparison.Ordinal);
    }

    /// <summary>While the database is away nothing can be read, and that is nobody's slowness.</summary>
    [Fact]
    public async Task Sync_AnOutageOfDays_IsNotTheRepositorysTime()
    {
        var caller = Caller(InTurn(Slice(new RepoOutcome.More(), 7), new IndexUnreachableException("gone"), Slice(new RepoOutcome.Completed(), 9)));
        await caller.SyncAsync(Alice, CancellationToken.None);

        time.Advance(TimeSpan.FromHours(23));
        await caller.SyncAsync(Alice, CancellationToken.None);
        time.Advance(TimeSpan.FromHours(23));

        Assert.IsType<RepoOutcome.Completed>((await caller.SyncAsync(Alice, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task Sync_AnAnswerInBetween_BeginsTheCountAnew()
    {
        var more = Slice(new RepoOutcome.More(), 1);
        var late = new TimeoutException("late");
        var caller = Caller(InTurn(late, late, more, late, late));

        for (var i = 0; i < 5; i++)
            Assert.IsNotType<RepoOutcome.GivenUp>((await caller.SyncAsync(Alice, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task Sync_ABug_IsThrown() =>
        await Assert.ThrowsAsync<InvalidCastException>(() => Caller(InTurn(new InvalidCastException("bug"))).SyncAsync(Alice, CancellationToken.None));
}
