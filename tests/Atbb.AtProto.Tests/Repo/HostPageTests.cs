using System.Net;
using Atbb.AtProto.Tests.Fakes;

namespace Atbb.AtProto.Tests.Repo;

public sealed class HostPageTests
{
    const string Did = "did:plc:z72i7hdynmk6r22z27h6tvur";
    const string Rev = Example.Rev;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "limit=1000")]
    [InlineData("", "limit=1000")]
    [InlineData("a&b=c d", "limit=1000&cursor=a%26b%3Dc%20d")]
    public async Task ListRepos_Query_IsEncoded(string? cursor, string query)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"repos":[]}""");
        using var client = new TestClient(handler);

        await client.Repo.ListReposAsync(Example.Pds, cursor, Cancel);

        Assert.Equal($"https://pds.example/xrpc/com.atproto.sync.listRepos?{query}", Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData($$"""{"did":"{{Did}}","head":"bafy","rev":"{{Rev}}","active":true}""", true, null)]
    [InlineData($$"""{"did":"{{Did}}","rev":"{{Rev}}","more":{} }""", true, null)] // from before account states
    [InlineData($$"""{"did":"{{Did}}","rev":"{{Rev}}","active":false,"status":"takendown"}""", false, "takendown")]
    [InlineData($$"""{"did":"{{Did}}","rev":"{{Rev}}","active":false}""", false, null)]
    [InlineData($$"""{"did":"{{Did}}","rev":"{{Rev}}","status":"suspended"}""", false, "suspended")]
    [InlineData($$"""{"did":"{{Did}}","rev":"{{Rev}}","active":null,"status":null}""", true, null)]
    public async Task ListRepos_AnItem_GivesStateAndRev(string item, bool active, string? status)
    {
        var page = await ListAsync($$"""{"cursor":"c","repos":[{{item}}]}""");

        var (did, repo) = Assert.Single(page.Repos);
        Assert.Equal((Did, active, status, Rev), (did.Value, repo.Active, repo.Status, repo.Rev?.Value));
        Assert.Equal("c", page.Cursor);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData($$"""{"did":"{{Did}}"}""")]
    [InlineData($$"""{"did":"{{Did}}","rev":""}""")]
    [InlineData($$"""{"did":"{{Did}}","rev":"not a tid"}""")]
    [InlineData($$"""{"rev":"{{Rev}}"}""")]
    [InlineData($$"""{"did":"alice.example","rev":"{{Rev}}"}""")]
    [InlineData($$"""{"did":"did:plc:a b","rev":"{{Rev}}"}""")]
    public async Task ListRepos_AnItemThatSaysNothing_IsLeftOut(string item)
    {
        var page = await ListAsync($$"""{"repos":[{{item}},{"did":"{{Did}}","rev":"{{Rev}}"}]}""");

        Assert.Equal(Did, Assert.Single(page.Repos).Did.Value);
    }

    [Theory]
    [InlineData("""{"repos":[]}""", null)]
    [InlineData("""{"repos":[],"cursor":""}""", null)]
    [InlineData("""{"repos":[],"cursor":null}""", null)]
    [InlineData("""{"repos":[],"cursor":"x"}""", "x")]
    public async Task ListRepos_Cursor_EmptyIsTheEnd(string body, string? cursor) => Assert.Equal(cursor, (await ListAsync(body)).Cursor);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"repos":null}""")]
    [InlineData("""{"repos":{}}""")]
    [InlineData("""{"repos":[],"cursor":7}""")]
    [InlineData("""{"repos":["did:plc:a"]}""")]
    [InlineData("""{"repos":[{"did":"\ud800","rev":"x"}]}""")]
    public async Task ListRepos_NoListOfRepositories_IsMalformed(string body)
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => ListAsync(body));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
        Assert.StartsWith("com.atproto.sync.listRepos of repositories at pds.example: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListRepos_MoreThanAPageCanBe_IsTooLarge()
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => ListAsync("""{"repos":[]}""".PadRight(1024 * 1024 + 1)));

        Assert.Equal(AtProtoFailure.TooLarge, e.Failure);
    }

    static async Task<AtProto.Repo.HostPage> ListAsync(string body)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));
        return await client.Repo.ListReposAsync(Example.Pds, null, Cancel);
    }
}
