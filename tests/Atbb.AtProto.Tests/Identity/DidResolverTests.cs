using System.Net;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Tests.Fakes;
using Atbb.Testing.Clocks;

namespace Atbb.AtProto.Tests.Identity;

public sealed class DidResolverTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resolve_Plc_AsksTheDirectory()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(handle: "Alice.Example"));
        using var client = new TestClient(handler, o => o.PlcDirectory = new Uri("https://plc.example"));

        var document = await client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel);

        Assert.Equal(Example.Did, document.Did);
        Assert.Equal(new Uri("https://pds.example"), document.Pds);
        Assert.Equal("alice.example", document.Handle);
        Assert.Equal(client.Time.GetUtcNow(), document.ReadAt);
        Assert.Equal("https://plc.example/did:plc:z72i7hdynmk6r22z27h6tvur", Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData("did:web:example.com", false, "https://example.com/.well-known/did.json")]
    [InlineData("did:web:forum.example.com", false, "https://forum.example.com/.well-known/did.json")]
    [InlineData("did:web:localhost", true, "http://localhost/.well-known/did.json")]
    [InlineData("did:web:localhost%3A2583", true, "http://localhost:2583/.well-known/did.json")]
    [InlineData("did:web:localhost%3a2583", true, "http://localhost:2583/.well-known/did.json")]
    public async Task Resolve_Web_AsksTheHost(string did, bool allowPrivate, string source)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(did));
        using var client = new TestClient(handler, o => o.Network.AllowPrivateAddresses = allowPrivate);

        await client.Resolver.ResolveAsync(Did.Parse(did), TimeSpan.Zero, Cancel);

        Assert.Equal(source, Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData("did:web:localhost", AtProtoFailure.Forbidden)]
    [InlineData("did:web:localhost%3A80", AtProtoFailure.Forbidden)]
    [InlineData("did:web:example.com:path", AtProtoFailure.BadDidDocument)]
    [InlineData("did:web:example.com%3A8080", AtProtoFailure.BadDidDocument)]
    [InlineData("did:web:example.com%2Fpath", AtProtoFailure.BadDidDocument)]
    [InlineData("did:web:example.com%40evil.example", AtProtoFailure.BadDidDocument)]
    [InlineData("did:web:127.0.0.1", AtProtoFailure.BadDidDocument)]
    [InlineData("did:web:intranet", AtProtoFailure.BadDidDocument)]
    [InlineData("did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N", AtProtoFailure.BadDidDocument)]
    public async Task Resolve_DidThatCannotBeAskedFor_IsRefusedWithoutARequest(string did, AtProtoFailure failure)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(did));
        using var client = new TestClient(handler);

        Assert.Equal(failure, (await FailAsync(client, Did.Parse(did))).Failure);
        Assert.Empty(handler.Requests);
    }

    [Theory]
    [InlineData("did:plc:abc", 404, AtProtoFailure.DidNotFound, false)]
    [InlineData("did:plc:abc", 410, AtProtoFailure.DidTombstoned, false)]
    [InlineData("did:plc:abc", 400, AtProtoFailure.Malformed, true)]
    [InlineData("did:plc:abc", 403, AtProtoFailure.Malformed, true)]
    [InlineData("did:plc:abc", 429, AtProtoFailure.RateLimited, true)]
    [InlineData("did:plc:abc", 500, AtProtoFailure.ServerError, true)]
    [InlineData("did:plc:abc", 301, AtProtoFailure.Redirected, true)]
    [InlineData("did:web:example.com", 404, AtProtoFailure.DidNotFound, false)]
    [InlineData("did:web:example.com", 410, AtProtoFailure.DidNotFound, false)]
    [InlineData("did:web:example.com", 503, AtProtoFailure.ServerError, true)]
    public async Task Resolve_SourceRefuses_OnlyAbsenceIsPermanent(string did, int status, AtProtoFailure failure, bool transient)
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status));

        var e = await FailAsync(client, Did.Parse(did));

        Assert.Equal((failure, transient), (e.Failure, e.IsTransient));
    }

    [Theory]
    [InlineData("""{"id":"did:plc:forged","service":[PDS]}""", "did:plc:forged")]
    [InlineData("""{"service":[PDS]}""", "no id")]
    [InlineData("""{"id":7,"service":[PDS]}""", "no id")]
    [InlineData("""{"id":"DID"}""", "no PDS")]
    [InlineData("""{"id":"DID","service":null}""", "no PDS")]
    [InlineData("""{"id":"DID","service":{}}""", "no PDS")]
    [InlineData("""{"id":"DID","service":[1,null,"x",{}]}""", "no PDS")]
    [InlineData("""{"id":"DID","service":[{"id":"#other","type":"AtprotoPersonalDataServer","serviceEndpoint":"https://x.example"}]}""", "no PDS")]
    [InlineData("""{"id":"DID","service":[{"id":"#atproto_pds","type":"Other","serviceEndpoint":"https://x.example"}]}""", "no PDS")]
    [InlineData("""{"id":"DID","service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer"}]}""", "https origin")]
    [InlineData("""{"id":"DID","service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":{"uri":"https://x.example"}}]}""", "https origin")]
    public async Task Resolve_DocumentNotUsable_SaysWhy(string document, string reason)
    {
        var pds = """{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"https://pds.example"}""";
        var body = document.Replace("DID", Example.Did.Value, StringComparison.Ordinal).Replace("PDS]", $"{pds}]", StringComparison.Ordinal);
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        var e = await FailAsync(client, Example.Did);

        Assert.Equal(AtProtoFailure.BadDidDocument, e.Failure);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://pds.example", false, true)]
    [InlineData("https://pds.example/", false, true)]
    [InlineData("https://pds.example:443", false, true)]
    [InlineData("https://pds.example:8443", false, false)]
    [InlineData("https://pds.example:22", false, false)]
    [InlineData("https://pds.example:8443", true, true)]
    [InlineData("https://localhost", false, false)]
    [InlineData("https://metadata", false, false)]
    [InlineData("https://pds.example.", false, false)]
    [InlineData("https://127.0.0.1", false, false)]
    [InlineData("https://8.8.8.8", false, false)]
    [InlineData("https://2130706433", false, false)]
    [InlineData("https://0x7f.1", false, false)]
    [InlineData("https://0177.0.0.1", false, false)]
    [InlineData("https://[::1]", false, false)]
    [InlineData("https://[::ffff:169.254.169.254]", false, false)]
    [InlineData("https://pds.example\\\\@evil.example", false, false)]
    [InlineData("https://pds.example%00.evil.example", false, false)]
    [InlineData("javascript:alert(1)", true, false)]
    [InlineData("data:text/plain,x", true, false)]
    [InlineData("gopher://pds.example", true, false)]
    [InlineData("unix:/run/docker.sock", true, false)]
    [InlineData("http://pds.example", false, false)]
    [InlineData("http://127.0.0.1:2583", true, true)]
    [InlineData("https://pds.example/path", false, false)]
    [InlineData("https://pds.example?x=1", false, false)]
    [InlineData("https://pds.example#x", false, false)]
    [InlineData("https://user@pds.example", false, false)]
    [InlineData("file:///etc/passwd", true, false)]
    [InlineData("ftp://pds.example", true, false)]
    [InlineData("pds.example", true, false)]
    [InlineData("", true, false)]
    public async Task Resolve_PdsEndpoint_MustBeAnOrigin(string endpoint, bool allowPrivate, bool valid)
    {
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(pds: endpoint)), o => o.Network.AllowPrivateAddresses = allowPrivate);

        if (valid)
            Assert.Equal(new Uri(endpoint), (await client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel)).Pds);
        else
            Assert.Equal(AtProtoFailure.BadDidDocument, (await FailAsync(client, Example.Did)).Failure);
    }

    [Theory]
    [InlineData("https://pds.example:8443", "port 8443")]
    [InlineData("http://pds.example", "not an https origin")]
    [InlineData("https://10.0.0.1", "not at the name of a public host")]
    public async Task Resolve_PdsEndpointRefused_SaysWhy(string endpoint, string reason)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(pds: endpoint)));

        Assert.Contains(reason, (await FailAsync(client, Example.Did)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_SeveralServices_TakesTheFirstThatIsAPds()
    {
        var body = $$"""
            {"id":"{{Example.Did}}","alsoKnownAs":["https://x.example","at://first.example","at://second.example"],"service":[
              {"id":"#labeler","type":["A","B"],"serviceEndpoint":{} },
              {"id":"{{Example.Did}}#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"https://one.example"},
              {"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"https://two.example"}]}
            """;
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        var document = await client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel);

        Assert.Equal((new Uri("https://one.example"), "first.example"), (document.Pds, document.Handle));
    }

    [Theory]
    [InlineData("not a handle")]
    [InlineData("localhost")]
    [InlineData("\\ud800.example")]
    public async Task Resolve_NameThatIsNoHandle_LeavesItOut(string handle)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument(handle: handle)));

        Assert.Null((await client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel)).Handle);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task Resolve_NotADocument_IsTransient(string body)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        Assert.Equal(AtProtoFailure.Malformed, (await FailAsync(client, Example.Did)).Failure);
    }

    [Fact]
    public async Task Resolve_EndlessDocument_IsTooLarge()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, new string(' ', 300_000)));

        Assert.Equal(AtProtoFailure.TooLarge, (await FailAsync(client, Example.Did)).Failure);
    }

    [Fact]
    public async Task Resolve_KnownDocument_IsAskedForAgainWhenTooOld()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument());
        using var client = new TestClient(handler);
        async Task<int> RequestsAfterAsync(TimeSpan maxAge)
        {
            await client.Resolver.ResolveAsync(Example.Did, maxAge, Cancel);
            return handler.Requests.Count;
        }

        Assert.Equal(1, await RequestsAfterAsync(TimeSpan.FromDays(7)));
        Assert.Equal(1, await RequestsAfterAsync(TimeSpan.FromDays(7)));
        Assert.Equal(2, await RequestsAfterAsync(TimeSpan.Zero));
        client.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await RequestsAfterAsync(TimeSpan.FromHours(1)));
        Assert.Equal(3, await RequestsAfterAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(3, await RequestsAfterAsync(TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Resolve_AfterTheClockWasSetBack_DoesNotBelieveWhatWasReadInTheFuture()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument());
        var clock = new SettableClock();
        using var client = new TestClient(handler, time: clock);
        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(7), Cancel);
        clock.SetBy = TimeSpan.FromDays(-365);

        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(7), Cancel);

        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task Resolve_MoreThanTheCacheHolds_ForgetsTheOneUsedLeastRecently()
    {
        var handler = StubHandler.Answering(uri => StubHandler.Answer(HttpStatusCode.OK, Example.DidDocument(Uri.UnescapeDataString(uri.AbsolutePath[1..]))));
        using var client = new TestClient(handler, o => o.DidCacheSize = 2);
        Task ResolveAsync(string did) => client.Resolver.ResolveAsync(Did.Parse(did), TimeSpan.FromDays(1), Cancel);

        foreach (var did in new[] { "did:plc:a", "did:plc:b", "did:plc:a", "did:plc:c", "did:plc:a", "did:plc:b" })
            await ResolveAsync(did);

        Assert.Equal(["a", "b", "c", "b"], handler.Requests.Select(uri => uri.AbsolutePath[^1..]));
    }

    [Fact]
    public async Task Resolve_WithoutCache_AlwaysAsks()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, Example.DidDocument());
        using var client = new TestClient(handler, o => o.DidCacheSize = 0);

        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(1), Cancel);
        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(1), Cancel);

        Assert.Equal(2, handler.Requests.Count);
    }

    [Theory]
    [InlineData(410, 3)]
    [InlineData(403, 2)]
    public async Task Resolve_FailureAfterAnAnswer_ForgetsTheAnswerOnlyWhenTheAccountIsGone(int status, int requests)
    {
        var gone = false;
        var handler = StubHandler.Answering(_ => gone ? StubHandler.Answer((HttpStatusCode)status) : StubHandler.Answer(HttpStatusCode.OK, Example.DidDocument()));
        using var client = new TestClient(handler);
        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(1), Cancel);
        gone = true;
        await FailAsync(client, Example.Did);
        gone = false;

        await client.Resolver.ResolveAsync(Example.Did, TimeSpan.FromDays(1), Cancel);

        Assert.Equal(requests, handler.Requests.Count);
    }

    static Task<AtProtoException> FailAsync(TestClient client, Did did) =>
        Assert.ThrowsAsync<AtProtoException>(() => client.Resolver.ResolveAsync(did, TimeSpan.Zero, Cancel));
}
