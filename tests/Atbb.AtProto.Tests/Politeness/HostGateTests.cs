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
            Assert.Null(await gate.EnterAsync(Cancel));
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

        var all = Enumerable.Range(0, 4_000).Select(_ => gate.EnterAsync(Cancel).AsTask()).ToArray();

        var settled = await Task.WhenAll(all.Where(turn => turn.IsCompleted));
        Assert.Equal(10, settled.Count(comeBackIn => comeBackIn is null));
        Assert.Equal(4_000 - 3_010, settled.Count(comeBackIn => comeBackIn is not null));
    }

    [Fact]
    public void Enter_WithoutPace_NeverWaits()
    {
        var gate = Gate(o => o.RequestsPerSecond = 0);

        for (var i = 0; i < 1_000; i++)
            Assert.True(gate.EnterAsync(Cancel).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_AfterIdleTime_HasNotSavedUpMoreThanASecond()
    {
        var gate = Gate(o => o.RequestsPerSecond = 5);
        time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < 5; i++)
            Assert.Null(await gate.EnterAsync(Cancel));

        Assert.False(gate.EnterAsync(Cancel).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Enter_PauseWithinTheWait_GoesOnWhenItEnds()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromSeconds(5));

        var waiting = gate.EnterAsync(Cancel).AsTask();
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

        Assert.Equal(TimeSpan.FromMinutes(5), await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Enter_PausedWhileWaiting_WaitsAnew()
    {
        var gate = Gate(o => o.RequestsPerSecond = 1);
        Assert.Null(await gate.EnterAsync(Cancel));
        var waiting = gate.EnterAsync(Cancel).AsTask();

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
        Assert.Null(await gate.EnterAsync(Cancel));
        var second = gate.EnterAsync(Cancel).AsTask();
        var third = gate.EnterAsync(Cancel).AsTask();

        // However many are refused, the next that is not finds the schedule as it was.
        for (var i = 0; i < 10; i++)
            Assert.Equal(TimeSpan.FromSeconds(3), await gate.EnterAsync(Cancel));

        time.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.False(third.IsCompleted);
        var fourth = gate.EnterAsync(Cancel).AsTask();
        time.Advance(TimeSpan.FromSeconds(1));
        await third;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await fourth);
    }

    // On the machine's clock, which goes on between two looks at it.
    [Fact]
    public async Task Enter_NoWaitAllowed_TakesATurnThatHasCome()
    {
        var gate = new HostGate(new PolitenessOptions { MaxWait = TimeSpan.Zero }, TimeProvider.System);

        Assert.Null(await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Enter_AllPlacesTaken_WaitsForOneToBeLeft()
    {
        var gate = Gate(o => o.ConcurrentRequests = 2);
        Assert.Null(await gate.EnterAsync(Cancel));
        Assert.Null(await gate.EnterAsync(Cancel));
        var third = gate.EnterAsync(Cancel).AsTask();
        Assert.False(third.IsCompleted);

        gate.Leave();

        Assert.Null(await third);
    }

    [Fact]
    public async Task Enter_NoPlaceInTime_IsRefusedAndTakesNone()
    {
        var gate = Gate(o => o.ConcurrentRequests = 1);
        Assert.Null(await gate.EnterAsync(Cancel));
        var second = gate.EnterAsync(Cancel).AsTask();

        time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(TimeSpan.FromSeconds(20), await second);

        gate.Leave();
        Assert.Null(await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_GivesThePlaceBack()
    {
        using var cancel = new CancellationTokenSource();
        var gate = Gate(o => o.ConcurrentRequests = 1);
        gate.Pause(TimeSpan.FromSeconds(5));
        var first = gate.EnterAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Pause_ShorterThanTheOneThatHolds_ChangesNothing()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromMinutes(5));
        gate.Pause(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromMinutes(5), await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Pause_LongerThanTheLongest_IsCut()
    {
        var gate = Gate();
        gate.Pause(TimeSpan.FromDays(100));

        Assert.Equal(TimeSpan.FromHours(1), await gate.EnterAsync(Cancel));
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

    HostGate Gate(Action<PolitenessOptions>? configure = null)
    {
        var options = new PolitenessOptions { RequestsPerSecond = 0, ConcurrentRequests = 0 };
        configure?.Invoke(options);
        return new HostGate(options, time);
    }
}
