using Atbb.AtProto.Politeness;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostGateTests
{
    readonly FakeTimeProvider time = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_AtAPace_LetsASecondsWorthThroughAndThenOnePerInterval()
    {
        var gate = Gate(o => o.RequestsPerSecond = 10);
        var entered = 0;
        var all = Enumerable.Range(0, 15).Select(async _ =>
        {
            Assert.Null(await EnterAsync(gate, Cancel));
            Interlocked.Increment(ref entered);
        }).ToArray();

        var seen = new List<int> { entered };
        for (var i = 0; i < 5; i++)
        {
            var next = all[10 + i];
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(100));
            await next;
            seen.Add(entered);
        }

        Assert.Equal([10, 11, 12, 13, 14, 15], seen);
    }

    [Fact]
    public async Task Enter_AsManyAsWillHaveIt_FiveMinutesHoldWhatIsPublishedAndOneBurst()
    {
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (10, TimeSpan.FromMinutes(5)));

        var all = Enumerable.Range(0, 4_000).Select(_ => EnterAsync(gate, Cancel)).ToArray();

        var settled = await Task.WhenAll(all.Where(turn => turn.IsCompleted));
        Assert.Equal(10, settled.Count(comeBackIn => comeBackIn is null));
        Assert.Equal(4_000 - 3_010, settled.Count(comeBackIn => comeBackIn is not null));
    }

    [Fact]
    public void Enter_WithoutPace_NeverWaits()
    {
        var gate = Gate(o => o.RequestsPerSecond = 0);

        for (var i = 0; i < 1_000; i++)
            Assert.True(EnterAsync(gate, Cancel).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_AfterIdleTime_HasNotSavedUpMoreThanASecond()
    {
        var gate = Gate(o => o.RequestsPerSecond = 5);
        time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < 5; i++)
            Assert.Null(await EnterAsync(gate, Cancel));

        Assert.False(EnterAsync(gate, Cancel).IsCompleted);
    }

    [Fact]
    public async Task Enter_PauseWithinTheWait_GoesOnWhenItEnds()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromSeconds(5));

        var waiting = EnterAsync(gate, Cancel);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Enter_PauseLongerThanTheWait_SaysAtOnceWhenToComeBack()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromMinutes(5), await EnterAsync(gate, Cancel));
    }

    [Fact]
    public async Task Enter_PausedWhileWaiting_WaitsAnew()
    {
        var gate = Gate(o => o.RequestsPerSecond = 1);
        Assert.Null(await EnterAsync(gate, Cancel));
        var waiting = EnterAsync(gate, Cancel);

        gate.Pause(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Enter_TurnTooLate_IsRefusedAndTakesNoTurn()
    {
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (1, TimeSpan.FromSeconds(2)));
        Assert.Null(await EnterAsync(gate, Cancel));
        var second = EnterAsync(gate, Cancel);
        var third = EnterAsync(gate, Cancel);

        // However many are refused, the next that is not finds the schedule as it was; and they come back one after another.
        for (var i = 0; i < 10; i++)
            Assert.Equal(TimeSpan.FromSeconds(3 + i), await EnterAsync(gate, Cancel));

        time.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.False(third.IsCompleted);
        var fourth = EnterAsync(gate, Cancel);
        time.Advance(TimeSpan.FromSeconds(1));
        await third;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await fourth);
    }

    [Fact]
    public async Task Enter_AllThatWaitedWereCancelled_TheNextFindsTheScheduleAsItWas()
    {
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (1, TimeSpan.FromMinutes(1)));
        using var stop = new CancellationTokenSource();
        Assert.Null(await EnterAsync(gate, Cancel));
        var cancelled = Enumerable.Range(0, 30).Select(_ => EnterAsync(gate, stop.Token)).ToList();
        await stop.CancelAsync();
        foreach (var one in cancelled)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);

        var next = EnterAsync(gate, Cancel);
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await next.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task Enter_OneOfThoseThatWaitIsCancelled_NobodyIsSentBesideAnother()
    {
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (1, TimeSpan.FromMinutes(1)));
        using var stop = new CancellationTokenSource();
        Assert.Null(await EnterAsync(gate, Cancel));
        var first = EnterAsync(gate, stop.Token);
        var second = EnterAsync(gate, Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var third = EnterAsync(gate, Cancel);

        time.Advance(TimeSpan.FromSeconds(2));
        await second;
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await third);
    }

    // On the machine's clock, which goes on between two looks at it.
    [Fact]
    public async Task Enter_NoWaitAllowed_TakesATurnThatHasCome()
    {
        var gate = new HostGate(new PolitenessOptions { MaxWait = TimeSpan.Zero }, TimeProvider.System);

        Assert.Null(await EnterAsync(gate, Cancel));
    }

    [Fact]
    public void Hold_ToldByPeersForHours_SaysNothingOfWhatTheHostAnswers()
    {
        var gate = Gate(o => o.MaxRefusal = TimeSpan.FromMinutes(10));
        for (var i = 0; i < 60; i++)
        {
            gate.Hold(TimeSpan.FromMinutes(1));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.False(gate.IsGivenUp);
        gate.Pause(TimeSpan.FromMinutes(1));
        Assert.False(gate.IsGivenUp);
    }

    [Fact]
    public async Task Enter_AllPlacesTaken_WaitsForOneToBeLeft()
    {
        var gate = Gate(o => o.ConcurrentRequests = 2);
        var first = await gate.EnterAsync(gate.Options.MaxWait, Cancel);
        Assert.Null(await EnterAsync(gate, Cancel));
        var third = EnterAsync(gate, Cancel);
        var fourth = EnterAsync(gate, Cancel);
        Assert.False(third.IsCompleted);

        first.Place!.GiveBack();

        Assert.Null(await third);
        Assert.False(fourth.IsCompleted);
    }

    [Fact]
    public async Task Enter_NoPlaceInTime_IsRefusedAndTakesNone()
    {
        var gate = Gate(o => o.ConcurrentRequests = 1);
        var first = await gate.EnterAsync(gate.Options.MaxWait, Cancel);
        var second = EnterAsync(gate, Cancel);

        time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(TimeSpan.FromSeconds(20), await second);

        first.Place!.GiveBack();
        gate.Leave();
        Assert.Null(await EnterAsync(gate, Cancel));
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_GivesThePlaceBack()
    {
        using var cancel = new CancellationTokenSource();
        var gate = Gate(o => o.ConcurrentRequests = 1);
        gate.Pause(TimeSpan.FromSeconds(5));
        var first = EnterAsync(gate, cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await EnterAsync(gate, Cancel));
    }

    [Fact]
    public async Task Pause_ShorterThanTheOneThatHolds_ChangesNothing()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromMinutes(5));
        gate.Pause(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromMinutes(5), await EnterAsync(gate, Cancel));
    }

    [Fact]
    public async Task Pause_LongerThanTheLongest_IsCut()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromDays(100));

        Assert.Equal(TimeSpan.FromHours(1), await EnterAsync(gate, Cancel));
    }

    [Fact]
    public void IsIdle_PausedOrInUse_IsFalse()
    {
        var gate = Gate();
        Assert.True(gate.IsIdle);
        gate.Users++;
        Assert.False(gate.IsIdle);
        gate.Users--;
        gate.Pause(TimeSpan.FromSeconds(1));
        Assert.False(gate.IsIdle);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(gate.IsIdle);
    }

    [Fact]
    public async Task Enter_OneOfThreeSilos_GoesAtAThirdOfThePace()
    {
        var shared = new SharedPoliteness();
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (30, TimeSpan.FromMinutes(1)), shared);
        shared.Divide(silos: 3, rank: 1);

        var all = Enumerable.Range(0, 1_000).Select(_ => EnterAsync(gate, Cancel)).ToArray();

        var settled = await Task.WhenAll(all.Where(turn => turn.IsCompleted));
        Assert.Equal(10, settled.Count(comeBackIn => comeBackIn is null));
        Assert.Equal(1_000 - 610, settled.Count(comeBackIn => comeBackIn is not null));
    }

    [Fact]
    public async Task Enter_ASiloJoins_TheNextTurnsAreFurtherApart()
    {
        var shared = new SharedPoliteness();
        var gate = Gate(o => (o.RequestsPerSecond, o.MaxWait) = (1, TimeSpan.Zero), shared);
        Assert.Null(await EnterAsync(gate, Cancel));
        shared.Divide(silos: 2, rank: 0);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await EnterAsync(gate, Cancel));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await EnterAsync(gate, Cancel));
    }

    [Fact]
    public void PlacesOf_HoweverManySilos_AreAllOfThemAndNoMore()
    {
        foreach (var silos in Enumerable.Range(1, 8))
            Assert.Equal(8, Enumerable.Range(0, silos).Sum(rank => Shared(silos, rank).PlacesOf(8)));
        Assert.Equal(1, Shared(silos: 20, rank: 19).PlacesOf(8));

        static SharedPoliteness Shared(int silos, int rank)
        {
            var shared = new SharedPoliteness();
            shared.Divide(silos, rank);
            return shared;
        }
    }

    [Fact]
    public async Task Enter_ASiloLeaves_WhoWaitsForAPlaceGetsOneOfItsPlaces()
    {
        var shared = new SharedPoliteness();
        shared.Divide(silos: 2, rank: 0);
        var gate = Gate(o => o.ConcurrentRequests = 4, shared);
        var first = await gate.EnterAsync(gate.Options.MaxWait, Cancel);
        Assert.Null(await EnterAsync(gate, Cancel));
        var waiting = Enumerable.Range(0, 3).Select(_ => EnterAsync(gate, Cancel)).ToArray();
        Assert.All(waiting, turn => Assert.False(turn.IsCompleted));

        shared.Divide(silos: 1, rank: 0);
        first.Place!.GiveBack();

        Assert.All(await Task.WhenAll(waiting), Assert.Null);
    }

    [Fact]
    public void Pause_LongerThanBefore_SaysWhatIsLeft()
    {
        var gate = Gate();

        Assert.Equal(TimeSpan.FromSeconds(5), gate.Pause(TimeSpan.FromSeconds(5)));
        Assert.Null(gate.Pause(TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(9), gate.Pause(TimeSpan.FromSeconds(9)));
    }

    HostGate Gate(Action<PolitenessOptions>? configure = null, SharedPoliteness? shared = null)
    {
        var options = new PolitenessOptions { RequestsPerSecond = 0, ConcurrentRequests = 0 };
        configure?.Invoke(options);
        return new HostGate(options, time, shared);
    }

    /// <summary>Enters, and is answered at once, but keeps its place.</summary>
    static async Task<TimeSpan?> EnterAsync(HostGate gate, CancellationToken cancellationToken)
    {
        var turn = await gate.EnterAsync(gate.Options.MaxWait, cancellationToken);
        if (turn.Refusal is { } refusal)
            return refusal.ComeBackIn;

        gate.Spoke();
        gate.Leave();
        return null;
    }
}
