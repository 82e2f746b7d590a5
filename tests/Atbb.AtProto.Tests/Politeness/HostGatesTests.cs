using System.Net;
using Atbb.AtProto.Politeness;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Tests.Fakes;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Tests.Politeness;

public sealed class HostGatesTests
{
    const string Page = """{"records":[]}""";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("300", 300)]
    [InlineData(null, 60)]
    public async Task ListRecords_AfterA429_OtherRepositoriesOfTheHostAreNotAskedFor(string? retryAfter, int seconds)
    {
        var handler = retryAfter is null
            ? StubHandler.Answering(HttpStatusCode.TooManyRequests)
            : StubHandler.Answering(HttpStatusCode.TooManyRequests, "", ("Retry-After", retryAfter));
        using var client = new TestClient(handler);
        var answered = await FailAsync(client, Example.Pds);
        var heldBack = await FailAsync(client, Example.Pds, Did.Parse("did:plc:other"));

        Assert.Equal(HttpStatusCode.TooManyRequests, answered.Status);
        Assert.Equal((AtProtoFailure.RateLimited, (HttpStatusCode?)null), (heldBack.Failure, heldBack.Status));
        Assert.Equal(client.Time.GetUtcNow().AddSeconds(seconds), heldBack.RetryAt);
        Assert.Single(handler.Requests);

        client.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await FailAsync(client, Example.Pds)).Status);
    }

    [Fact]
    public async Task ListRecords_OfAHostThatDoesNothingButRefuse_FailsUnsentAndForGoodInTheEnd()
    {
        var handler = StubHandler.Answering(HttpStatusCode.TooManyRequests, "", ("Retry-After", "1800"));
        using var client = new TestClient(handler);
        for (var i = 0; i < 3; i++)
        {
            Assert.False((await FailAsync(client, Example.Pds)).IsFinal);
            client.Time.Advance(TimeSpan.FromSeconds(1800));
        }

        await FailAsync(client, Example.Pds);
        client.Time.Advance(TimeSpan.FromSeconds(1700));
        var unsent = await FailAsync(client, Example.Pds);
        client.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.True((await FailAsync(client, Example.Pds)).IsFinal);
        var last = await FailAsync(client, Example.Pds, Did.Parse("did:plc:other"));

        // With a status, though none was asked for it: it counts as an attempt, where a turn that has not come counts as none.
        Assert.Equal((AtProtoFailure.RateLimited, HttpStatusCode.TooManyRequests, false), (unsent.Failure, unsent.Status, unsent.IsFinal));
        Assert.True(last.IsFinal);
        Assert.Contains("has refused everything it was asked for 02:00:00", last.Message, StringComparison.Ordinal);
        Assert.Equal(5, handler.Requests.Count);
    }

    [Fact]
    public async Task ListRecords_AfterA429_TellsThePeersOnce()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.TooManyRequests, "", ("Retry-After", "300")));
        var told = new List<(Uri, TimeSpan)>();
        client.Shared.TellPeers = (host, length) => told.Add((host, length));

        await FailAsync(client, Example.Pds);
        await FailAsync(client, Example.Pds, Did.Parse("did:plc:other"));

        Assert.Equal([(new Uri(Example.Pds.GetLeftPart(UriPartial.Authority)), TimeSpan.FromSeconds(300))], told);
    }

    [Fact]
    public async Task ListRecords_HeldByAPeer_IsNotSentAndTellsNobody()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Page);
        using var client = new TestClient(handler);
        client.Shared.TellPeers = (_, _) => Assert.Fail("A pause would go round for ever.");

        client.Hosts.Hold(new Uri(Example.Pds.GetLeftPart(UriPartial.Authority)), TimeSpan.FromMinutes(5));

        Assert.Equal(client.Time.GetUtcNow().AddMinutes(5), (await FailAsync(client, Example.Pds)).RetryAt);
        Assert.Empty(handler.Requests);
    }

    [Fact]
    public async Task ListBusiest_OfHostsOfEveryKind_SaysWhatIsUnderWayWhatIsLeftAndWhoRests()
    {
        var held = new TaskCompletionSource<HttpResponseMessage>();
        var handler = new StubHandler((request, _) => request.RequestUri!.Host switch
        {
            "busy.example" => held.Task,
            "telling.example" => Task.FromResult(StubHandler.Answer(HttpStatusCode.OK, Page, ("RateLimit-Remaining", "2900"), ("RateLimit-Limit", "3000"), ("RateLimit-Reset", "100"))),
            _ => Task.FromResult(StubHandler.Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "300"))),
        });
        using var client = new TestClient(handler);
        var first = client.Repo.ListRecordsAsync(new Uri("https://busy.example"), Example.Query, Cancel);
        // Not known to answer: asked one thing at a time.
        var second = client.Repo.ListRecordsAsync(new Uri("https://busy.example"), Example.Query, Cancel);
        for (var i = 0; i < 2; i++)
            (await client.Repo.ListRecordsAsync(new Uri("https://telling.example"), Example.Query, Cancel)).Dispose();
        await FailAsync(client, new Uri("https://resting.example"));

        Assert.Equal(
        [
            new("busy.example", UnderWay: 1, Waiting: 1, Recent: 1, AllowanceLeft: null, RestsFor: default),
            new("telling.example", UnderWay: 0, Waiting: 0, Recent: 2, AllowanceLeft: 2900, RestsFor: default),
            new("resting.example", UnderWay: 0, Waiting: 0, Recent: 1, AllowanceLeft: null, RestsFor: TimeSpan.FromSeconds(300)),
        ], client.Hosts.ListBusiest(20));
        Assert.Equal("busy.example", Assert.Single(client.Hosts.ListBusiest(1)).Host);

        held.SetResult(StubHandler.Answer(HttpStatusCode.NotFound));
        await Assert.ThrowsAsync<AtProtoException>(() => first);
        await Assert.ThrowsAnyAsync<Exception>(() => second);
        client.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(new HostState("resting.example", 0, 0, 0, null, TimeSpan.FromSeconds(200)), Assert.Single(client.Hosts.ListBusiest(20)));
    }

    [Fact]
    public async Task ListRecords_AfterA429_OtherHostsAreAsked()
    {
        var handler = StubHandler.Answering(uri => uri.Host == "pds.example"
            ? StubHandler.Answer(HttpStatusCode.TooManyRequests)
            : StubHandler.Answer(HttpStatusCode.OK, Page));
        using var client = new TestClient(handler);
        await FailAsync(client, Example.Pds);

        using var page = await client.Repo.ListRecordsAsync(new Uri("https://other.example"), Example.Query, Cancel);

        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task ListRecords_BodyNotYetRead_KeepsItsPlace()
    {
        var body = new HangingStream([]);
        var handler = StubHandler.Answering(_ => new HttpResponseMessage { Content = new StreamContent(body) });
        using var client = new TestClient(handler, o => o.Politeness.ConcurrentRequests = 1);

        var first = FailAsync(client, Example.Pds);
        await body.Waiting.Task.WaitAsync(Cancel);
        var second = FailAsync(client, Example.Pds);

        Assert.False(second.IsCompleted);
        Assert.Single(handler.Requests);
        client.Time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(AtProtoFailure.RateLimited, (await second).Failure);
        client.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(AtProtoFailure.TimedOut, (await first).Failure);
    }

    [Fact]
    public async Task ListRecords_ManyHosts_IdleOnesAreForgottenAndPausedOnesKept()
    {
        var handler = StubHandler.Answering(uri => uri.Host == "paused.example"
            ? StubHandler.Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "3000"))
            : StubHandler.Answer(HttpStatusCode.OK, Page));
        using var client = new TestClient(handler);
        var paused = new Uri("https://paused.example");
        await FailAsync(client, paused);

        for (var i = 0; i < 5_000; i++)
            (await client.Repo.ListRecordsAsync(new Uri($"https://pds{i}.example"), Example.Query, Cancel)).Dispose();

        Assert.InRange(client.Hosts.Count, 1, 1_100);
        Assert.Null((await FailAsync(client, paused)).Status);
    }

    [Fact]
    public async Task ListRecords_RequestsNotSent_DoNotKeepTheirHostsInMemory()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.TooManyRequests));
        for (var i = 0; i < 2_048; i++)
        {
            await FailAsync(client, new Uri($"https://pds{i}.example"));
            Assert.Null((await FailAsync(client, new Uri($"https://pds{i}.example"))).Status);
        }

        client.Time.Advance(TimeSpan.FromHours(1));
        await FailAsync(client, Example.Pds);

        Assert.Equal(1, client.Hosts.Count);
    }

    [Fact]
    public async Task Resolve_PlcDirectory_HasAPolitenessOfItsOwn()
    {
        var handler = StubHandler.Answering(uri => StubHandler.Answer(HttpStatusCode.OK, uri.Host == "plc.directory" ? Example.DidDocument() : Page));
        using var client = new TestClient(handler, o => (o.Politeness.RequestsPerSecond, o.Politeness.MaxWait) = (1, TimeSpan.Zero));

        for (var i = 0; i < 20; i++)
            await client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel);

        (await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel)).Dispose();
        Assert.Equal(AtProtoFailure.RateLimited, (await FailAsync(client, Example.Pds)).Failure);
    }

    [Theory]
    [InlineData("0", "1785542500", 100)] // absolute, as PDSes have it
    [InlineData("0", "100", 100)]
    [InlineData("0", "99999999999", 3600)] // the year 5138
    [InlineData("0, 0;w=300", "100", 100)]
    public async Task ListRecords_AnswerThatUsesTheAllowanceUp_PausesTheHostAheadOfA429(string remaining, string reset, int seconds)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Page, ("RateLimit-Limit", "3000"), ("RateLimit-Remaining", remaining), ("RateLimit-Reset", reset));
        using var client = new TestClient(handler);
        await ListAsync(client);

        var heldBack = await FailAsync(client, Example.Pds, Did.Parse("did:plc:other"));

        Assert.Equal((AtProtoFailure.RateLimited, (HttpStatusCode?)null), (heldBack.Failure, heldBack.Status));
        Assert.Equal(client.Time.GetUtcNow().AddSeconds(seconds), heldBack.RetryAt);
        Assert.Single(handler.Requests);
        client.Time.Advance(TimeSpan.FromSeconds(seconds));
        await ListAsync(client);
    }

    [Theory]
    [InlineData("-1", "100")]
    [InlineData("none", "100")]
    [InlineData("0", "-100")]
    [InlineData("0", "99999999999999999999")]
    [InlineData("0", "1785542400")] // now
    [InlineData("0", "1500000000")] // the year 2017
    [InlineData("3000", "100")]
    public async Task ListRecords_AllowanceOfNoConcern_IsPassedOver(string remaining, string reset)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Page, ("RateLimit-Limit", "3000"), ("RateLimit-Remaining", remaining), ("RateLimit-Reset", reset));
        using var client = new TestClient(handler, o => o.Politeness.MaxWait = TimeSpan.Zero);

        for (var i = 0; i < 10; i++)
            await ListAsync(client);
    }

    [Fact]
    public async Task ListRecords_ServersClockIsWrong_ItsTimesGoByItsOwnClock()
    {
        // An hour ahead of ours, and so is its reset.
        var handler = StubHandler.Answering(
            HttpStatusCode.OK, Page, ("Date", "Sat, 01 Aug 2026 01:00:00 GMT"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1785546060"));
        using var client = new TestClient(handler);
        await ListAsync(client);

        Assert.Equal(client.Time.GetUtcNow().AddMinutes(1), (await FailAsync(client, Example.Pds)).RetryAt);
    }

    [Fact]
    public async Task ListRecords_After503ThatNamesATime_TheHostIsLeftAlone()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, "", ("Retry-After", "90"));
        using var client = new TestClient(handler);
        await FailAsync(client, Example.Pds);

        Assert.Equal(client.Time.GetUtcNow().AddSeconds(90), (await FailAsync(client, Example.Pds)).RetryAt);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task ListRecords_FirstQuestionOfASlice_DoesNotWaitLong()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Page), o => o.Politeness.RequestsPerSecond = 1);
        await ListAsync(client);

        using (RequestMeter.Start())
            Assert.Equal(client.Time.GetUtcNow().AddSeconds(1), (await FailAsync(client, Example.Pds)).RetryAt);

        client.Time.Advance(TimeSpan.FromSeconds(1));
        using (RequestMeter.Start())
        {
            await ListAsync(client);
            // It follows up on an answer, which would have been in vain.
            var second = ListAsync(client);
            Assert.False(second.IsCompleted);
            client.Time.Advance(TimeSpan.FromSeconds(1));
            await second;
            // Another host is asked for the first time, and so is this one after it.
            (await client.Repo.ListRecordsAsync(new Uri("https://other.example"), Example.Query, Cancel)).Dispose();
            Assert.Null((await FailAsync(client, Example.Pds)).Status);
        }
    }

    [Fact]
    public async Task ListRecords_HostThatDoesNotAnswer_IsAskedOneThingAtATimeAndTheOthersFailWithIt()
    {
        var hangs = false;
        var handler = StubHandler.Answering(_ => hangs ? new HttpResponseMessage { Content = new StreamContent(new HangingStream([])) } : StubHandler.Answer(HttpStatusCode.OK, Page));
        using var client = new TestClient(handler);
        await ListAsync(client);
        hangs = true;
        var first = Enumerable.Range(0, 3).Select(_ => FailAsync(client, Example.Pds)).ToArray();

        // Headers alone are no answer. Nothing has failed yet, and no more are sent.
        client.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(AtProtoFailure.RateLimited, (await FailAsync(client, Example.Pds)).Failure);
        client.Time.Advance(TimeSpan.FromSeconds(24));
        Assert.All(await Task.WhenAll(first), failure => Assert.Equal(AtProtoFailure.TimedOut, failure.Failure));

        // It rests, and who comes has failed as well.
        var meanwhile = await FailAsync(client, Example.Pds);
        Assert.Equal((AtProtoFailure.TimedOut, client.Time.GetUtcNow().AddSeconds(30)), (meanwhile.Failure, meanwhile.RetryAt));
        Assert.Equal(4, handler.Requests.Count);

        client.Time.Advance(TimeSpan.FromSeconds(30));
        var probe = FailAsync(client, Example.Pds);
        Assert.Equal(AtProtoFailure.RateLimited, (await FailAsync(client, Example.Pds)).Failure);
        client.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(AtProtoFailure.TimedOut, (await probe).Failure);
        Assert.Equal(AtProtoFailure.TimedOut, (await FailAsync(client, Example.Pds)).Failure);
        Assert.Equal(5, handler.Requests.Count);

        hangs = false;
        client.Time.Advance(TimeSpan.FromSeconds(30));
        await ListAsync(client);
        await ListAsync(client);
    }

    [Fact]
    public async Task ListRecords_HostThatHasNeverAnswered_IsAskedOneThing()
    {
        var handler = StubHandler.Answering(_ => new HttpResponseMessage { Content = new StreamContent(new HangingStream([])) });
        using var client = new TestClient(handler);

        var first = FailAsync(client, Example.Pds);
        var others = Enumerable.Range(0, 20).Select(_ => FailAsync(client, Example.Pds)).ToList();
        client.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.All(await Task.WhenAll(others), other => Assert.Equal((AtProtoFailure.RateLimited, null), (other.Failure, other.Status)));
        Assert.Single(handler.Requests);
        client.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(AtProtoFailure.TimedOut, (await first).Failure);
    }

    /// <summary>However many hosts are silent, one that answers is asked.</summary>
    [Fact]
    public async Task ListRecords_ManyHostsThatHaveNeverAnswered_AreAskedOnlySoManyAtOnce()
    {
        var handler = StubHandler.Answering(uri => uri.Host == Example.Pds.Host
            ? StubHandler.Answer(HttpStatusCode.OK, Page)
            : new HttpResponseMessage { Content = new StreamContent(new HangingStream([])) });
        using var client = new TestClient(handler, o => o.HostsOnTrial = 3);
        await ListAsync(client);

        var silent = Enumerable.Range(0, 10).Select(i => FailAsync(client, new Uri($"https://pds{i}.example"))).ToList();

        Assert.Equal(4, handler.Requests.Count);
        await ListAsync(client);
        client.Time.Advance(TimeSpan.FromSeconds(20));
        client.Time.Advance(TimeSpan.FromSeconds(10));
        var failures = await Task.WhenAll(silent);
        Assert.Equal((3, 7), (failures.Count(f => f.Failure == AtProtoFailure.TimedOut), failures.Count(f => f.Failure == AtProtoFailure.RateLimited)));
    }

    static async Task ListAsync(TestClient client) => (await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel)).Dispose();

    static Task<AtProtoException> FailAsync(TestClient client, Uri pds, Did? did = null) => Assert.ThrowsAsync<AtProtoException>(
        () => client.Repo.ListRecordsAsync(pds, Example.Query with { Did = did ?? Example.Did }, Cancel));
}
