using System.Net;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Tests.Fakes;

namespace Atbb.AtProto.Tests.Discovery;

public sealed class RelayClientTests
{
    const string Method = "com.atproto.sync.listReposByCollection";
    static readonly Uri Relay = new("https://relay.example");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<RepoListPage> AskAsync(HttpMessageHandler handler, string? cursor = null, int limit = 2_000)
    {
        using var client = new TestClient(handler, options => options.Network.MaxRetries = 0);
        return await client.Relay.ListReposByCollectionAsync(Relay, Example.Post, cursor, limit, Cancel);
    }

    [Theory]
    [InlineData(null, 2_000, "limit=2000")]
    [InlineData("", 1, "limit=1")]
    [InlineData("a&b=c d/é+%", 500, "limit=500&cursor=a%26b%3Dc%20d%2F%C3%A9%2B%25")]
    public async Task ListRepos_Query_IsEncoded(string? cursor, int limit, string query)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"repos":[]}""");

        await AskAsync(handler, cursor, limit);

        Assert.Equal($"https://relay.example/xrpc/{Method}?collection=space.atbb.post&{query}", Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_001)]
    public async Task ListRepos_LimitOutOfRange_Throws(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AskAsync(StubHandler.Answering(HttpStatusCode.OK), limit: limit));

    /// <summary>What a relay may say, and what is taken from it: an item that names no DID costs itself alone.</summary>
    [Theory]
    [InlineData("""{"repos":[{"did":"did:plc:a"},{"did":"did:web:b.example"}],"cursor":"next"}""", "did:plc:a did:web:b.example", 0, "next")]
    [InlineData("""{"repos":[{"did":"did:plc:a","rev":"3jzfcijpj2z2a"}],"more":{}}""", "did:plc:a", 0, null)]
    [InlineData("""{"repos":[],"cursor":null}""", "", 0, null)]
    [InlineData("""{"repos":[],"cursor":""}""", "", 0, null)]
    [InlineData("""{"repos":[{"did":"did:plc:a"},{"did":"did:plc:a"}]}""", "did:plc:a did:plc:a", 0, null)]
    [InlineData("""{"repos":[{"did":"alice.example"},{"did":"did:plc:a"},{"did":""},{"did":"did:plc:"}]}""", "did:plc:a", 3, null)]
    [InlineData("""{"repos":[{"did":7},{"did":null},{},null,"did:plc:b",[],{"did":"did:plc:a"}]}""", "did:plc:a", 6, null)]
    [InlineData("""{"repos":[{"did":"did:plc:\ud800"},{"did":"did:plc:\u0000"},{"did":"did:plc:a"}]}""", "did:plc:a", 2, null)]
    public async Task ListRepos_Page_GivesDidsAndCountsWhatIsNone(string body, string dids, int skipped, string? cursor)
    {
        var page = await AskAsync(StubHandler.Answering(HttpStatusCode.OK, body));

        Assert.Equal((dids, skipped, cursor), (string.Join(' ', page.Dids), page.Skipped, page.Cursor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>down for maintenance</html>")]
    [InlineData("""{"repos":null}""")]
    [InlineData("""{"repos":{"did":"did:plc:a"}}""")]
    [InlineData("""{"repos":[],"cursor":7}""")]
    [InlineData("""{"repos":[{"did":"did:plc:a"}],"cursor":"\u0000"}""")]
    [InlineData("""{"repos":[{"did":"did:plc:a"}],"cursor":"\ud800"}""")]
    [InlineData("""{"repos":[{"did":"did:plc:a"}""")]
    public async Task ListRepos_NotAPage_IsMalformedAndNamesRelayAndCollection(string body)
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(StubHandler.Answering(HttpStatusCode.OK, body)));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
        Assert.StartsWith($"{Method} of space.atbb.post at relay.example: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListRepos_ACursorThatNoAddressHolds_IsMalformed()
    {
        var body = $$"""{"repos":[{"did":"did:plc:a"}],"cursor":"{{new string('c', 2_049)}}"}""";

        var e = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(StubHandler.Answering(HttpStatusCode.OK, body)));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotImplemented, """{"error":"MethodNotImplemented"}""", AtProtoFailure.Refused)]
    [InlineData(HttpStatusCode.BadRequest, """{"error":"InvalidRequest","message":"no"}""", AtProtoFailure.Refused)]
    [InlineData(HttpStatusCode.TooManyRequests, "", AtProtoFailure.RateLimited)]
    [InlineData(HttpStatusCode.BadGateway, "<html></html>", AtProtoFailure.ServerError)]
    [InlineData(HttpStatusCode.Found, "", AtProtoFailure.Redirected)]
    public async Task ListRepos_Refusal_HasItsClass(HttpStatusCode status, string body, AtProtoFailure failure)
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(StubHandler.Answering(status, body)));

        Assert.Equal(failure, e.Failure);
    }

    [Fact]
    public async Task ListRepos_AnAnswerWithoutEnd_IsTooLarge()
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => AskAsync(StubHandler.Answering(HttpStatusCode.OK, new string(' ', (5 * 1024 * 1024) + 1))));

        Assert.Equal(AtProtoFailure.TooLarge, e.Failure);
    }

    [Fact]
    public async Task ListRepos_PlainHttp_IsNotAsked()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"repos":[]}"""));

        var e = await Assert.ThrowsAsync<AtProtoException>(
            () => client.Relay.ListReposByCollectionAsync(new Uri("http://relay.example"), Example.Post, null, 1, Cancel));

        Assert.Equal(AtProtoFailure.Forbidden, e.Failure);
    }
}
