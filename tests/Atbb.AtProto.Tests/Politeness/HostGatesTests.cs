using System.Net;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Tests.Fakes;

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

    static Task<AtProtoException> FailAsync(TestClient client, Uri pds, Did? did = null) => Assert.ThrowsAsync<AtProtoException>(
        () => client.Repo.ListRecordsAsync(pds, Example.Query with { Did = did ?? Example.Did }, Cancel));
}
