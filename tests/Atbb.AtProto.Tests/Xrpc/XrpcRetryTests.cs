using System.Net;
using System.Threading.Channels;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Tests.Fakes;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests.Xrpc;

/// <summary>How often, when and until when a question is asked again, by a clock that stands still until it is turned.</summary>
public sealed class XrpcRetryTests
{
    const string Head = $$"""{"cid":"{{Example.Cid}}","rev":"{{Example.Rev}}"}""";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_FailsTwice_TheThirdAnswerCounts()
    {
        var answers = 0;
        var handler = StubHandler.Answering(_ => ++answers < 3 ? StubHandler.Answer(HttpStatusCode.BadGateway) : StubHandler.Answer(HttpStatusCode.OK, Head));
        using var client = new TestClient(handler);

        Assert.Equal(Example.Rev, (await AskAsync(client)).Rev.Value);
        Assert.Equal(3, handler.Requests.Count);
    }

    [Fact]
    public async Task Get_TheLastFailure_IsTheOneReported()
    {
        var answers = 0;
        var handler = StubHandler.Answering(_ => StubHandler.Answer((HttpStatusCode)(500 + answers++ * 2)));
        using var client = new TestClient(handler);

        var e = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(client));

        Assert.Equal((HttpStatusCode)504, e.Status);
    }

    [Fact]
    public async Task Get_ARetryIsRefused_IsNotAskedAgain()
    {
        var answers = 0;
        var handler = StubHandler.Answering(_ => StubHandler.Answer(answers++ == 0 ? HttpStatusCode.BadGateway : HttpStatusCode.BadRequest));
        using var client = new TestClient(handler);

        Assert.Equal(AtProtoFailure.Refused, (await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(client))).Failure);
        Assert.Equal(2, handler.Requests.Count);
    }

    /// <summary>No request before its delay, which doubles: with jitter, so that only a lower and an upper bound are certain.</summary>
    [Fact]
    public async Task Get_BetweenRetries_ADelayPasses()
    {
        var time = new DelayMemory();
        var handler = StubHandler.Answering(HttpStatusCode.BadGateway);
        using var client = new TestClient(handler, o => o.Network.RetryDelay = TimeSpan.FromSeconds(8), time);

        var asking = AskAsync(client);
        var first = await time.DelayedAsync(Cancel);
        time.Advance(first - TimeSpan.FromTicks(1));
        Assert.Single(handler.Requests);
        time.Advance(TimeSpan.FromTicks(1));
        var second = await time.DelayedAsync(Cancel);
        Assert.Equal(2, handler.Requests.Count);
        time.Advance(second);

        await Assert.ThrowsAsync<AtProtoException>(() => asking);
        Assert.Equal(3, handler.Requests.Count);
        Assert.InRange(first + second, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Get_CancelledInTheDelay_StaysACancellation()
    {
        var time = new DelayMemory();
        using var cancel = new CancellationTokenSource();
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.BadGateway), o => o.Network.RetryDelay = TimeSpan.FromSeconds(8), time);

        var asking = client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, cancel.Token);
        await time.DelayedAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Get_CancelledBeforehand_IsNotSent()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Head);
        using var client = new TestClient(handler);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, new CancellationToken(canceled: true)));

        Assert.Empty(handler.Requests);
    }

    /// <summary>Each request has its own time, and not what the ones before left of it.</summary>
    [Fact]
    public async Task Get_ARetryHangs_HasTheWholeRequestTimeOfItsOwn()
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = 0;
        using var client = new TestClient(new StubHandler(async (_, token) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
                return StubHandler.Answer(HttpStatusCode.BadGateway);
            hanging.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return new HttpResponseMessage();
        }));

        var asking = AskAsync(client);
        await hanging.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(asking.IsCompleted);
        client.Time.Advance(TimeSpan.FromSeconds(2));

        var e = await Assert.ThrowsAsync<AtProtoException>(() => asking);
        Assert.Equal(AtProtoFailure.TimedOut, e.Failure);
        Assert.Contains("no whole answer within 30 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, requests);
    }

    /// <summary>The time of the whole is shorter than a request's: told apart in words, and never taken for the caller's wish.</summary>
    [Fact]
    public async Task Get_TheWholeTakesTooLong_SaysSo()
    {
        var handler = new StubHandler(static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return new HttpResponseMessage();
        });
        using var client = new TestClient(handler, o => (o.Network.TotalTimeout, o.Network.RequestTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        using var caller = new CancellationTokenSource();

        var asking = client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, caller.Token);
        await handler.Arrived.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(AtProtoFailure.TimedOut, (await Assert.ThrowsAsync<AtProtoException>(() => asking)).Failure);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Get_OutOfTimeBetweenRetries_NamesWhatWentWrongBefore()
    {
        var time = new DelayMemory();
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.BadGateway), o => o.Network.RetryDelay = TimeSpan.FromMinutes(10), time);

        var asking = AskAsync(client);
        await time.DelayedAsync(Cancel);
        time.Advance(TimeSpan.FromMinutes(2));

        var e = await Assert.ThrowsAsync<AtProtoException>(() => asking);
        Assert.Equal(AtProtoFailure.TimedOut, e.Failure);
        Assert.Contains("within 120 s", e.Message, StringComparison.Ordinal);
        Assert.Contains("502", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_TimeOrCaller_TellsWhich()
    {
        var time = new FakeTimeProvider();
        using var caller = new CancellationTokenSource();
        using var byTime = new Deadline(TimeSpan.FromSeconds(5), time, CancellationToken.None);
        using var byCaller = new Deadline(TimeSpan.FromSeconds(60), time, caller.Token);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(byTime.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, true), (byTime.Token.IsCancellationRequested, byTime.HasPassed));

        await caller.CancelAsync();
        Assert.Equal((true, false), (byCaller.Token.IsCancellationRequested, byCaller.HasPassed));
    }

    static Task<RepoHead> AskAsync(TestClient client) => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel);

    /// <summary>A clock that says when somebody begins to wait for less than a time-out, and how long.</summary>
    sealed class DelayMemory : FakeTimeProvider
    {
        readonly Channel<TimeSpan> delays = Channel.CreateUnbounded<TimeSpan>();

        public Task<TimeSpan> DelayedAsync(CancellationToken cancellationToken) => delays.Reader.ReadAsync(cancellationToken).AsTask();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            // The time-outs are 30 s and 2 minutes to the tick; a delay with its jitter is not.
            if (dueTime > TimeSpan.Zero && dueTime != TimeSpan.FromSeconds(30) && dueTime != TimeSpan.FromMinutes(2))
                delays.Writer.TryWrite(dueTime);

            return timer;
        }
    }
}
