using System.Threading.RateLimiting;
using Atbb.AtProto.Politeness;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostTrialTests : IDisposable
{
    static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    readonly FakeTimeProvider time = new();
    readonly ConcurrencyLimiter places = new(new() { PermitLimit = 2, QueueLimit = int.MaxValue });

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => places.Dispose();

    Task<bool> EnterAsync(HostTrial trial, CancellationToken? cancellationToken = null) => trial.EnterAsync(MaxWait, time, cancellationToken ?? Cancel).AsTask();

    [Fact]
    public async Task Enter_BeforeTheFirstAnswer_LetsOneThroughAndTheOthersAfterIt()
    {
        var trial = new HostTrial(places);
        Assert.True(await EnterAsync(trial));
        var others = Enumerable.Range(0, 5).Select(_ => EnterAsync(trial)).ToList();
        Assert.All(others, other => Assert.False(other.IsCompleted));

        trial.Spoke();

        Assert.All(await Task.WhenAll(others), Assert.True);
        Assert.True(await EnterAsync(trial));
    }

    [Fact]
    public async Task Enter_TheFirstEndsWithoutAnAnswer_TheNextTries()
    {
        var trial = new HostTrial(places);
        Assert.True(await EnterAsync(trial));
        var others = new List<Task<bool>> { EnterAsync(trial), EnterAsync(trial) };

        trial.End();

        var second = await Task.WhenAny(others);
        Assert.True(await second);
        others.Remove(second);
        Assert.False(others[0].IsCompleted);
        time.Advance(MaxWait);
        Assert.False(await others[0]);
    }

    [Fact]
    public async Task Enter_ManyHosts_OnlySoManyAreTriedAtOnceAndThoseThatAnswerAreNoneOfThem()
    {
        var trials = Enumerable.Range(0, 3).Select(_ => new HostTrial(places)).ToList();
        Assert.True(await EnterAsync(trials[0]));
        Assert.True(await EnterAsync(trials[1]));
        var third = EnterAsync(trials[2]);
        Assert.False(third.IsCompleted);

        trials[0].Spoke();

        Assert.True(await third);
        // Two are on trial, and the one that has answered is asked all the same.
        Assert.True(await EnterAsync(trials[0]));
    }

    [Fact]
    public async Task Enter_NoPlaceInTime_IsTooLateAndKeepsNobodyFromTrying()
    {
        var silent = new[] { new HostTrial(places), new HostTrial(places) };
        foreach (var trial in silent)
            Assert.True(await EnterAsync(trial));
        var host = new HostTrial(places);
        var late = EnterAsync(host);
        time.Advance(MaxWait);
        Assert.False(await late);

        silent[0].End();

        Assert.True(await EnterAsync(host));
    }

    [Fact]
    public async Task Enter_Cancelled_ThrowsAndLeavesNoPlaceBehind()
    {
        var silent = new[] { new HostTrial(places), new HostTrial(places) };
        foreach (var trial in silent)
            Assert.True(await EnterAsync(trial));
        using var leaving = new CancellationTokenSource();
        var host = new HostTrial(places);
        var waiting = EnterAsync(host, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        silent[1].End();
        Assert.True(await EnterAsync(host));
    }
}
