using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Atbb.Testing.Network;

namespace Atbb.Sample.Tests;

public class SamplePdsFaultTests
{
    const string Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    const string Listing = $"/xrpc/com.atproto.repo.listRecords?repo={Did}&collection={ForumRecords.Post}&reverse=true";
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static async Task<(SamplePds Pds, SampleRepo Repo, HttpClient Http)> StartAsync(Func<PdsRequest, PdsFault?>? fault = null, int port = 0)
    {
        var pds = await SamplePds.StartAsync(port: port);
        var repo = new SampleRepo(Did, "ada.sample.test");
        for (var i = 0; i < 20; i++)
            repo.Put(ForumRecords.Post, $"{i:D4}", """{"text":"hello"}""");
        pds.Host(repo);
        pds.Fault = fault;
        return (pds, repo, new HttpClient { BaseAddress = pds.Origin });
    }

    [Fact]
    public async Task TooManyRequests_Headers_SayWhenToComeBack()
    {
        var (pds, _, http) = await StartAsync(_ => PdsFault.TooManyRequests(TimeSpan.FromSeconds(7), DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));
        await using var __ = pds;

        using var answer = await http.GetAsync(Listing, Ends);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(["1800000000"], answer.Headers.GetValues("RateLimit-Reset"));
    }

    public static TheoryData<string> Drops => ["before", "halfway", "hang"];

    [Theory, MemberData(nameof(Drops))]
    public async Task Answer_ThatNeverComesWhole_IsNotLoggedAsAnswered(string how)
    {
        var (pds, _, http) = await StartAsync(_ => how switch { "before" => PdsFault.Drop, "halfway" => PdsFault.DropHalfway, _ => PdsFault.Hang });
        await using var __ = pds;

        var asking = http.GetStringAsync(Listing, Ends);
        var arrived = await pds.Log.ArrivedAsync(1, request => request.IsListing, Ends);
        if (how == "hang")
            await pds.StopListeningAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => asking);
        Assert.False(arrived.Answered);
    }

    [Fact]
    public async Task CutShortAndGarbage_Bodies_AreWholeHttpAndBrokenJson()
    {
        var (pds, _, http) = await StartAsync();
        await using var __ = pds;
        foreach (var fault in new[] { PdsFault.CutShort, PdsFault.Garbage })
        {
            pds.Fault = _ => fault;
            var body = await http.GetByteArrayAsync(Listing, Ends);
            Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(body));
        }
    }

    [Fact]
    public async Task Drip_Answer_ArrivesWhole()
    {
        var (pds, _, http) = await StartAsync();
        await using var __ = pds;
        var expected = await http.GetStringAsync(Listing, Ends);
        pds.Fault = _ => PdsFault.Drip(500, TimeSpan.FromMilliseconds(1));

        Assert.Equal(expected, await http.GetStringAsync(Listing, Ends));
    }

    [Fact]
    public async Task Edited_Answer_IsTheTrueOneChanged()
    {
        var (pds, _, http) = await StartAsync(_ => PdsFault.Edited(body => body["cursor"] = "loop"));
        await using var __ = pds;

        var body = JsonNode.Parse(await http.GetStringAsync(Listing, Ends))!;

        Assert.Equal("loop", body["cursor"]!.GetValue<string>());
        Assert.Equal(20, body["records"]!.AsArray().Count);
    }

    [Fact]
    public async Task Fault_ByRequest_HitsTheChosenOneOnly()
    {
        var (pds, _, http) = await StartAsync(request => request.Cursor == "0004" ? PdsFault.Html(503) : null);
        await using var __ = pds;

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{Listing}&limit=5", Ends)).StatusCode);
        using var second = await http.GetAsync($"{Listing}&limit=5&cursor=0004", Ends);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal("text/html", second.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task BeforeAnswer_EditsInTheMiddleOfAPass_AreInThatAnswer()
    {
        var (pds, repo, http) = await StartAsync();
        await using var __ = pds;
        pds.BeforeAnswer = request =>
        {
            if (request.Cursor == "0009")
                repo.Delete(ForumRecords.Post, "0010");
            return Task.CompletedTask;
        };

        var pages = await Page.GetAllAsync(http, Did, ForumRecords.Post, "limit=10&reverse=true", Ends);

        Assert.Equal(19, pages.SelectMany(page => page.Rkeys).Count());
        Assert.DoesNotContain("0010", pages[1].Rkeys);
    }

    [Fact]
    public async Task Log_NthRequest_IsAwaitedWhileItIsHeld()
    {
        var release = new TaskCompletionSource();
        var (pds, _, http) = await StartAsync(request => request.Cursor == "0009" ? PdsFault.HeldUntil(release.Task) : null);
        await using var __ = pds;

        var third = pds.Log.ArrivedAsync(2, request => request.IsListing, Ends);
        var pass = Page.GetAllAsync(http, Did, ForumRecords.Post, "limit=10&reverse=true", Ends);
        var held = await third;

        Assert.Equal("0009", held.Cursor);
        Assert.False(held.Answered);
        Assert.False(pass.IsCompleted);
        release.SetResult();
        await pass;
        await pds.Log.AnsweredAsync(3, request => request.IsListing, Ends);
        Assert.Equal([null, "0009", "0019"], pds.Log.Snapshot().Select(request => request.Cursor));
        Assert.Equal(3, pds.Log.CountOf("com.atproto.repo.listRecords"));
        pds.Log.Clear();
        Assert.Equal(0, pds.Log.Count);
    }

    [Fact]
    public async Task StopListening_ThenListenAgain_RefusesAndServesAtTheSameAddress()
    {
        var (pds, _, http) = await StartAsync(port: LoopbackPorts.Take());
        await using var __ = pds;
        await pds.StopListeningAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(Listing, Ends));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);

        await pds.ListenAgainAsync();

        Assert.Contains("\"records\"", await http.GetStringAsync(Listing, Ends), StringComparison.Ordinal);
    }
}
