using Atbb.Client.Connecting;
using Atbb.Grains.Interfaces;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.Storage;

namespace Atbb.Client.Tests;

public sealed class CallPatienceTests
{
    readonly FakeTimeProvider time = new();
    int calls;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<Exception> Passing { get; } =
    [
        new TimeoutException(), new IndexUnreachableException("away"), new SiloUnavailableException(), new EnumerationAbortedException(), new StreamEndedException(),
        // Of a grain that is begun while the database is silent, or refuses; and of one that another silo has begun meanwhile.
        new TaskCanceledException(), new CodecNotFoundException("Could not find a codec for type Npgsql.PostgresException."), new InconsistentStateException("another activation"),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task CallAsync_FailureThatMayPass_AsksAgain(Exception failure)
    {
        var answer = Patience(TimeSpan.FromDays(1)).CallAsync(_ => ++calls < 3 ? Task.FromException<string>(failure) : Task.FromResult("answer"), Ends);
        await TurnAsync(answer);

        Assert.Equal("answer", await answer);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task CallAsync_FailureThatDoesNotPass_IsTheCallersAtOnce()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Patience().CallAsync<string>(_ => { calls++; throw new ArgumentException("no"); }, Ends));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task CallAsync_NoAnswerAtAll_GivesUpWithThePlaceAndTheObstacle()
    {
        var answer = Patience(obstacle: new InvalidOperationException("No gateway.")).CallAsync(token => new TaskCompletionSource<string>().Task.WaitAsync(token), Ends);
        await TurnAsync(answer);

        var away = await Assert.ThrowsAsync<BackfillUnreachableException>(() => answer);
        Assert.Contains("the silo at home. No gateway.", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_FailsTillTheEnd_GivesUpWithTheLastFailure()
    {
        var failure = new SiloUnavailableException("It is not there.");
        var answer = Patience().CallAsync(_ => Task.FromException<string>(failure), Ends);
        await TurnAsync(answer);

        var away = await Assert.ThrowsAsync<BackfillUnreachableException>(() => answer);
        Assert.Same(failure, away.InnerException);
    }

    [Fact]
    public async Task CallAsync_CallerGoesAway_IsCancelledAndNotUnreachable()
    {
        using var caller = new CancellationTokenSource();
        var answer = Patience().CallAsync(token => new TaskCompletionSource<string>().Task.WaitAsync(token), caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task CallAsync_FailsAsTheCallerGoesAway_IsCancelled()
    {
        using var caller = new CancellationTokenSource();
        var failure = new ObjectDisposedException("the connection");

        // Before there is anything to wait for: the failure comes first.
        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => Patience().CallAsync<string>(_ =>
        {
            caller.Cancel();
            throw failure;
        }, caller.Token));

        Assert.Same(failure, cancelled.InnerException);
    }

    CallPatience Patience(TimeSpan? limit = null, Exception? obstacle = null) => new(limit ?? TimeSpan.FromMinutes(1), () => "the silo at home", () => obstacle, time);

    // Whoever waits goes on on another thread: the clock is turned until it is done.
    async Task TurnAsync(Task answer)
    {
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }
}
