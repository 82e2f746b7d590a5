using System.Net;
using System.Text;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Tests.Fakes;

namespace Atbb.AtProto.Tests.Repo;

public sealed class RepoClientTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, true, 100, "limit=100&reverse=true")]
    [InlineData("", false, 1, "limit=1")]
    [InlineData("3jzfcijpj2z2a", true, 100, "limit=100&cursor=3jzfcijpj2z2a&reverse=true")]
    [InlineData("a&b=c d/é+%", true, 50, "limit=50&cursor=a%26b%3Dc%20d%2F%C3%A9%2B%25&reverse=true")]
    public async Task ListRecords_Query_IsEncoded(string? cursor, bool reverse, int limit, string query)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"records":[]}""");
        using var client = new TestClient(handler);

        using var page = await client.Repo.ListRecordsAsync(Example.Pds, new RecordQuery(Example.Did, Example.Post, cursor, reverse, limit), Cancel);

        Assert.Equal(
            $"https://pds.example/xrpc/com.atproto.repo.listRecords?repo=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur&collection=space.atbb.post&{query}",
            Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task ListRecords_LimitOutOfRange_Throws(int limit)
    {
        using var client = new TestClient();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => client.Repo.ListRecordsAsync(Example.Pds, Example.Query with { Limit = limit }, Cancel));
    }

    [Fact]
    public async Task ListRecords_Page_GivesRecordsCursorAndSize()
    {
        var body = $$"""{"cursor":"b","records":[{{Example.Item("a")}},{{Example.Item("b")}}]}""";
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        using var page = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);

        Assert.Equal(["a", "b"], page.Records.Select(r => r.Rkey));
        Assert.Equal("""{"text":"hi"}""", Encoding.UTF8.GetString(page.Records[1].Json.Span));
        Assert.Equal(("b", body.Length), (page.Cursor, page.Bytes));
        page.Dispose();
    }

    [Fact]
    public async Task ListRecords_PageTooLarge_IsReadInSmallerParts()
    {
        var large = $$"""{"records":[{{Example.Item("a")}},{{Example.Item("b")}},{{Example.Item("c")}}]}""";
        var small = $$"""{"cursor":"a","records":[{{Example.Item("a")}}]}""";
        var handler = StubHandler.Answering(uri => StubHandler.Answer(HttpStatusCode.OK, uri.Query.Contains("limit=1&", StringComparison.Ordinal) ? small : large));
        using var client = new TestClient(handler, o => o.Network.MaxResponseBytes = 300);

        using var page = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);

        Assert.Equal(("a", "a"), (Assert.Single(page.Records).Rkey, page.Cursor));
        Assert.Equal(3, handler.Requests.Count);
    }

    [Fact]
    public async Task ListRecords_OneRecordTooLarge_GivesUp()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, new string(' ', 301));
        using var client = new TestClient(handler, o => o.Network.MaxResponseBytes = 300);

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel));

        Assert.Equal(AtProtoFailure.TooLarge, e.Failure);
        Assert.Equal(3, handler.Requests.Count);
    }

    [Theory]
    [InlineData("<html>down for maintenance</html>")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task ListRecords_NotAPage_IsMalformed(string body)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
        Assert.StartsWith($"com.atproto.repo.listRecords of {Example.Did} at pds.example: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetLatestCommit_Answer_GivesCidAndRev()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, $$"""{"cid":"{{Example.Cid}}","rev":"{{Example.Rev}}","more":1}""");
        using var client = new TestClient(handler);

        var head = await client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel);

        Assert.Equal(new RepoHead(Cid.Parse(Example.Cid), Tid.Parse(Example.Rev)), head);
        Assert.Equal(
            "https://pds.example/xrpc/com.atproto.sync.getLatestCommit?did=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur",
            Assert.Single(handler.Requests).AbsoluteUri);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"cid":"bafy","rev":"3jzfcijpj2z2a"}""")]
    [InlineData($$"""{"cid":"{{Example.Cid}}","rev":"1"}""")]
    [InlineData($$"""{"cid":"{{Example.Cid}}"}""")]
    [InlineData($$"""{"cid":"{{Example.Cid}}","rev":7}""")]
    [InlineData($$"""{"cid":"{{Example.Cid}}","rev":"\ud800"}""")]
    public async Task GetLatestCommit_NoValidCidAndRev_IsMalformed(string body)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body));

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
    }

    [Theory]
    [InlineData("""{"did":"DID","active":true,"rev":"3jzfcijpj2z2a"}""", true, null, "3jzfcijpj2z2a")]
    [InlineData("""{"did":"DID","active":false,"status":"takendown"}""", false, "takendown", null)]
    [InlineData("""{"did":"DID","active":false,"status":"deactivated","rev":"odd"}""", false, "deactivated", null)]
    public async Task GetRepoStatus_Answer_GivesState(string body, bool active, string? status, string? rev)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body.Replace("DID", Example.Did.Value, StringComparison.Ordinal)));

        var repo = await client.Repo.GetRepoStatusAsync(Example.Pds, Example.Did, Cancel);

        Assert.Equal((active, status, rev), (repo.Active, repo.Status, repo.Rev?.Value));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"did":"DID"}""")]
    [InlineData("""{"active":false}""")]
    [InlineData("""{"did":"did:plc:other","active":false,"status":"deleted"}""")]
    [InlineData("""{"did":"DID","active":"no"}""")]
    public async Task GetRepoStatus_NotAboutThisRepository_IsMalformed(string body)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, body.Replace("DID", Example.Did.Value, StringComparison.Ordinal)));

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.GetRepoStatusAsync(Example.Pds, Example.Did, Cancel));

        Assert.Equal(AtProtoFailure.Malformed, e.Failure);
    }
}
