using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Atbb.Sample.Tests;

public class SamplePdsPagingTests
{
    const string Posts = ForumRecords.Post;
    static readonly string[] Keys = ["A", "a", "b", "b~", "c.1", "z"];
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static async Task<(SamplePds Pds, SampleRepo Repo, HttpClient Http)> StartAsync(params string[] rkeys)
    {
        var pds = await SamplePds.StartAsync();
        var repo = new SampleRepo("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "ada.sample.test");
        foreach (var rkey in rkeys.Reverse())
            repo.Put(Posts, rkey, $$"""{"text":"{{rkey}}"}""");
        pds.Host(repo);
        return (pds, repo, new HttpClient { BaseAddress = pds.Origin });
    }

    [Theory]
    [InlineData("reverse=true", true)]
    [InlineData("reverse=false", false)]
    [InlineData("", false)]
    public async Task ListRecords_InEitherOrder_EndsWithAnEmptyPage(string query, bool ascending)
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;

        var pages = await Page.GetAllAsync(http, repo.Did, Posts, $"limit=4&{query}", Ends);

        Assert.Equal([4, 2, 0], pages.Select(page => page.Rkeys.Length));
        Assert.Equal(ascending ? Keys : Keys.Reverse(), pages.SelectMany(page => page.Rkeys));
        Assert.Equal(pages[0].Rkeys[^1], pages[0].Cursor);
    }

    [Theory]
    [InlineData(CursorStyle.EveryPage, 3)]
    [InlineData(CursorStyle.FullPages, 3)]
    [InlineData(CursorStyle.WhileMore, 2)]
    public async Task ListRecords_ByCursorStyle_TakesSoManyPages(CursorStyle style, int pagesExpected)
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;
        pds.Cursors = style;
        pds.OpaqueCursors = true;

        var pages = await Page.GetAllAsync(http, repo.Did, Posts, "limit=3&reverse=true", Ends);

        Assert.Equal(pagesExpected, pages.Count);
        Assert.Equal(Keys, pages.SelectMany(page => page.Rkeys));
        Assert.NotEqual(pages[0].Rkeys[^1], pages[0].Cursor);
    }

    [Fact]
    public async Task ListRecords_ShortPagesAndAnEmptyCursor_ListEverythingAndEndWithIt()
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;
        (pds.PageSize, pds.EmptyCursors, pds.Cursors) = (4, true, CursorStyle.WhileMore);

        var first = await http.GetFromJsonAsync<JsonElement>($"/xrpc/com.atproto.repo.listRecords?repo={repo.Did}&collection={Posts}&reverse=true", Ends);
        var last = await http.GetFromJsonAsync<JsonElement>($"/xrpc/com.atproto.repo.listRecords?repo={repo.Did}&collection={Posts}&reverse=true&cursor={first.GetProperty("cursor")}", Ends);

        Assert.Equal((4, 2), (first.GetProperty("records").GetArrayLength(), last.GetProperty("records").GetArrayLength()));
        Assert.Equal("", last.GetProperty("cursor").GetString());
    }

    [Theory]
    [InlineData(OrderStyle.AlwaysAscending, "reverse=false")]
    [InlineData(OrderStyle.AlwaysDescending, "reverse=true")]
    public async Task ListRecords_PdsThatIgnoresReverse_KeepsItsOrder(OrderStyle order, string query)
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;
        pds.Order = order;

        var pages = await Page.GetAllAsync(http, repo.Did, Posts, $"limit=2&{query}", Ends);

        Assert.Equal(order == OrderStyle.AlwaysAscending ? Keys : Keys.Reverse(), pages.SelectMany(page => page.Rkeys));
    }

    [Fact]
    public async Task ListRecords_CursorOfADeletedRecord_GoesOnBehindIt()
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;
        repo.Delete(Posts, "b");

        Assert.Equal(["b~", "c.1"], (await Page.GetAsync(http, repo.Did, Posts, "limit=2&reverse=true&cursor=b", Ends)).Rkeys);
        Assert.Equal(["a", "A"], (await Page.GetAsync(http, repo.Did, Posts, "limit=2&cursor=b", Ends)).Rkeys);
        Assert.Equal(["A"], (await Page.GetAsync(http, repo.Did, Posts, "limit=1&reverse=true&cursor=", Ends)).Rkeys);
    }

    [Fact]
    public async Task ListRecords_Items_CarryCidAndTheRecordAsItWasPut()
    {
        var (pds, repo, http) = await StartAsync();
        await using var _ = pds;
        var put = repo.Put(Posts, "self", """{"text":"a\u0000b","n":9007199254740991}""");

        var body = await http.GetFromJsonAsync<JsonElement>($"/xrpc/com.atproto.repo.listRecords?repo={repo.Handle}&collection={Posts}", Ends);

        var item = Assert.Single(body.GetProperty("records").EnumerateArray());
        Assert.Equal(put.Uri, item.GetProperty("uri").GetString());
        Assert.Equal(put.Cid, item.GetProperty("cid").GetString());
        Assert.Equal("""{"text":"a\u0000b","n":9007199254740991}""", item.GetProperty("value").GetRawText());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=x")]
    public async Task ListRecords_BadLimit_IsRefused(string query)
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;

        var answer = await http.GetAsync($"/xrpc/com.atproto.repo.listRecords?repo={repo.Did}&collection={Posts}&{query}", Ends);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("InvalidRequest", (await answer.Content.ReadFromJsonAsync<JsonElement>(Ends)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task ListRepos_ThousandsOfAccounts_ComeInOrderOfCreation()
    {
        var (pds, _, http) = await StartAsync();
        await using var __ = pds;
        var repos = Enumerable.Range(0, 2_500).Select(n => new SampleRepo($"did:plc:{n:D24}", $"user{n}.sample.test")).ToArray();
        pds.Host(repos);
        pds.SetState(repos[7].Did, AccountState.Deleted);
        pds.SetState(repos[8].Did, AccountState.TakenDown);

        var listed = new List<JsonElement>();
        var cursor = "";
        do
        {
            var body = await http.GetFromJsonAsync<JsonElement>($"/xrpc/com.atproto.sync.listRepos?limit=1000{cursor}", Ends);
            listed.AddRange(body.GetProperty("repos").EnumerateArray());
            cursor = body.TryGetProperty("cursor", out var next) ? $"&cursor={next}" : null;
        }
        while (cursor is not null);

        Assert.Equal(2_500, listed.Count); // one more was there before, one is deleted
        Assert.Equal(repos.Where(repo => repo != repos[7]).Select(repo => repo.Did), listed.Skip(1).Select(repo => repo.GetProperty("did").GetString()));
        Assert.Equal(repos[^1].Rev.Value, listed[^1].GetProperty("rev").GetString());
        Assert.Equal("takendown", listed[8].GetProperty("status").GetString());
    }

    [Fact]
    public async Task ListReposByCollection_OfARelay_ListsEveryHost()
    {
        var (pds, repo, http) = await StartAsync(Keys);
        await using var _ = pds;
        await using var other = await SamplePds.StartAsync(pds.Plc);
        pds.Relays = [other];
        var repos = Enumerable.Range(0, 5).Select(n => new SampleRepo($"did:plc:{n:D24}", $"user{n}.sample.test")).ToArray();
        foreach (var writer in repos.Skip(1))
            writer.Add(Posts, "{}");
        other.Host(repos);

        var dids = new List<string?>();
        var cursor = "";
        do
        {
            var body = await http.GetFromJsonAsync<JsonElement>($"/xrpc/com.atproto.sync.listReposByCollection?collection={Posts}&limit=2{cursor}", Ends);
            dids.AddRange(body.GetProperty("repos").EnumerateArray().Select(listed => listed.GetProperty("did").GetString()));
            cursor = body.TryGetProperty("cursor", out var next) ? $"&cursor={next}" : null;
        }
        while (cursor is not null);

        Assert.Equal([repo.Did, .. repos.Skip(1).Select(listed => listed.Did)], dids);
    }
}
