using System.Net;
using System.Net.Sockets;
using Atbb.AtProto.Tests.Fakes;
using Atbb.Testing.Network;

namespace Atbb.AtProto.Tests.Xrpc;

public sealed class XrpcClientTests
{
    const string Head = $$"""{"cid":"{{Example.Cid}}","rev":"{{Example.Rev}}"}""";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, null, 3)]
    [InlineData(502, null, 3)]
    [InlineData(503, "30", 1)]
    [InlineData(429, null, 1)]
    [InlineData(400, null, 1)]
    [InlineData(404, null, 1)]
    [InlineData(501, null, 1)]
    [InlineData(302, null, 1)]
    [InlineData(200, null, 1)] // malformed
    public async Task Get_Failure_IsAskedAgainOnlyWhereThatHelps(int status, string? retryAfter, int requests)
    {
        var handler = retryAfter is null
            ? StubHandler.Answering((HttpStatusCode)status, "nonsense")
            : StubHandler.Answering((HttpStatusCode)status, "nonsense", ("Retry-After", retryAfter));
        using var client = new TestClient(handler);

        await FailAsync(client);

        Assert.Equal(requests, handler.Requests.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(4, 5)]
    public async Task Get_ConnectionFails_RetriesAsOftenAsConfigured(int retries, int requests)
    {
        var handler = new StubHandler((_, _) => throw new HttpRequestException("no route"));
        using var client = new TestClient(handler, o => o.Network.MaxRetries = retries);

        var e = await FailAsync(client);

        Assert.Equal(AtProtoFailure.Unreachable, e.Failure);
        Assert.Contains("no route", e.Message, StringComparison.Ordinal);
        Assert.Equal(requests, handler.Requests.Count);
    }

    /// <summary>Half of a page's bytes, where a server compresses; one connection in place of many, where it can.</summary>
    [Fact]
    public async Task Get_AsksForACompressedAnswerAndForHttp2()
    {
        HttpRequestMessage? sent = null;
        var handler = new StubHandler((request, _) =>
        {
            sent = request;
            return Task.FromResult(StubHandler.Answer(HttpStatusCode.OK, Head));
        });
        using var client = new TestClient(handler);

        await client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel);

        Assert.Equal(["gzip", "br"], sent!.Headers.AcceptEncoding.Select(encoding => encoding.Value));
        Assert.Equal((HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower), (sent.Version, sent.VersionPolicy));
    }

    [Fact]
    public async Task Get_BodyBreaksOffOnce_IsAskedAgain()
    {
        var answers = 0;
        var handler = StubHandler.Answering(_ => answers++ == 0
            ? new HttpResponseMessage { Content = new StreamContent(new BrokenStream("{"u8.ToArray())) }
            : StubHandler.Answer(HttpStatusCode.OK, Head));
        using var client = new TestClient(handler);

        var head = await client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel);

        Assert.Equal(Example.Rev, head.Rev.Value);
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task Get_NoAnswer_TimesOutAndIsNotAskedAgain()
    {
        var handler = new StubHandler(static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return new HttpResponseMessage();
        });
        using var client = new TestClient(handler);

        var asking = FailAsync(client);
        await handler.Arrived.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(asking.IsCompleted);
        client.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(AtProtoFailure.TimedOut, (await asking).Failure);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Get_BodyThatNeverEnds_TimesOut()
    {
        var body = new HangingStream("{"u8.ToArray());
        using var client = new TestClient(StubHandler.Answering(_ => new HttpResponseMessage { Content = new StreamContent(body) }));

        var asking = FailAsync(client);
        await body.Waiting.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(31));

        var e = await asking;
        Assert.Equal(AtProtoFailure.TimedOut, e.Failure);
        Assert.Contains("30 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_RetriesTakeTooLong_TimesOutAsAWhole()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.InternalServerError), o =>
        {
            o.Network.RetryDelay = TimeSpan.FromHours(1);
            o.Network.MaxRetries = 20;
            o.Network.TotalTimeout = TimeSpan.FromMinutes(1);
        });

        var asking = FailAsync(client);
        // The delay, of about an hour with its jitter, has begun once the one answer was read; turn the clock until somebody waits on it.
        while (!asking.IsCompleted)
        {
            client.Time.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
        }

        Assert.Equal(AtProtoFailure.TimedOut, (await asking).Failure);
    }

    [Fact]
    public async Task Get_CallerCancels_StaysACancellation()
    {
        using var cancel = new CancellationTokenSource();
        var handler = new StubHandler(static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return new HttpResponseMessage();
        });
        using var client = new TestClient(handler);

        var asking = client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, cancel.Token);
        await handler.Arrived.Task.WaitAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Get_CallerCancelsAsItFails_StaysACancellation(int retries)
    {
        using var cancel = new CancellationTokenSource();
        var left = retries;
        var handler = new StubHandler(async (_, _) =>
        {
            // At the last attempt, which nothing is waited for after.
            if (left-- == 0)
                await cancel.CancelAsync();
            return StubHandler.Answer(HttpStatusCode.BadGateway);
        });
        using var client = new TestClient(handler, o => o.Network.MaxRetries = retries);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, cancel.Token));

        Assert.Equal(retries + 1, handler.Requests.Count);
    }

    [Fact]
    public async Task Get_NameWithoutAddress_IsUnreachable()
    {
        using var client = new TestClient(configure: o => o.Network.MaxRetries = 0, time: TimeProvider.System);

        var e = await Assert.ThrowsAsync<AtProtoException>(
            () => client.Repo.GetLatestCommitAsync(new Uri("https://nowhere.invalid"), Example.Did, Cancel));

        Assert.Equal(AtProtoFailure.Unreachable, e.Failure);
        Assert.True(e.IsTransient);
    }

    [Fact]
    public async Task Get_RefusedConnection_IsUnreachable()
    {
        // Bound, so that nobody else is given it, and not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = TestClient.OnLoopback();

        Assert.Equal(AtProtoFailure.Unreachable, (await FailAsync(client, new Uri($"http://{taken.LocalEndPoint}"))).Failure);
    }

    [Fact]
    public async Task Get_ConnectionClosedInTheBody_IsUnreachable()
    {
        await using var server = LoopbackServer.Writing("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
        using var client = TestClient.OnLoopback();

        Assert.Equal(AtProtoFailure.Unreachable, (await FailAsync(client, server.Origin)).Failure);
        Assert.Equal(3, server.Connections);
    }

    [Fact]
    public async Task Get_HungServer_TimesOut()
    {
        var arrived = new TaskCompletionSource();
        await using var server = new LoopbackServer((_, token) =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        using var client = new TestClient(configure: o => o.Network.AllowPrivateAddresses = true);

        var failing = FailAsync(client, server.Origin);
        await arrived.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(AtProtoFailure.TimedOut, (await failing).Failure);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Get_HungHandshake_TimesOutAsNoConnection()
    {
        await using var server = new LoopbackServer((_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token));
        using var client = TestClient.OnLoopback(o => o.Network.ConnectTimeout = TimeSpan.FromMilliseconds(200));

        var e = await FailAsync(client, new Uri($"https://127.0.0.1:{server.Port}"));

        Assert.Equal(AtProtoFailure.TimedOut, e.Failure);
        Assert.Contains("no connection within 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SlowDrip_TimesOut()
    {
        var dripped = new TaskCompletionSource();
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"u8.ToArray(), token);
            using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            for (var i = 0; await drip.WaitForNextTickAsync(token); i++)
            {
                await stream.WriteAsync(" "u8.ToArray(), token);
                if (i == 10)
                    dripped.SetResult();
            }
        });
        using var client = new TestClient(configure: o => o.Network.AllowPrivateAddresses = true);

        var failing = FailAsync(client, server.Origin);
        await dripped.Task.WaitAsync(Cancel);
        client.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(AtProtoFailure.TimedOut, (await failing).Failure);
    }

    static Task<AtProtoException> FailAsync(TestClient client, Uri? pds = null) => Assert.ThrowsAsync<AtProtoException>(
        () => client.Repo.GetLatestCommitAsync(pds ?? Example.Pds, Example.Did, Cancel));
}
