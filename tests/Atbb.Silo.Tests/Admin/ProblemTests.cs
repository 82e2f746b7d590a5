using System.Net;

namespace Atbb.Silo.Tests.Admin;

/// <summary>What is refused, and by which type a program knows why.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class ProblemTests(ProblemTests.SharedSite shared) : IClassFixture<ProblemTests.SharedSite>
{
    const string Runs = AdminSite.Runs;
    const string Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    readonly AdminSite site = shared.Site;

    [Theory]
    [InlineData("GET", Runs + "/7", 404, "no-such-run")]
    [InlineData("GET", Runs + "/7/errors", 404, "no-such-run")]
    [InlineData("GET", Runs + "/7/events", 404, "no-such-run")]
    [InlineData("POST", Runs + "/7/retry", 404, "no-such-run")]
    [InlineData("GET", Runs + "/seven", 400, "bad-run-id")]
    [InlineData("GET", Runs + "/-1/errors", 400, "bad-run-id")]
    [InlineData("GET", Runs + "/1.5/events", 400, "bad-run-id")]
    [InlineData("POST", Runs + "/99999999999999999999/cancel", 400, "bad-run-id")]
    [InlineData("GET", Runs + "?limit=abc", 400, "bad-paging")]
    [InlineData("GET", Runs + "?limit=0", 400, "bad-paging")]
    [InlineData("GET", Runs + "?limit=1001", 400, "bad-paging")]
    [InlineData("GET", Runs + "?before=x", 400, "bad-paging")]
    [InlineData("GET", Runs + "/0/errors?after=-3", 400, "bad-paging")]
    [InlineData("GET", Runs + "/0/errors?did=alice", 400, "bad-did")]
    [InlineData("GET", Runs + "/0/errors?kind=typo", 400, "bad-kind")]
    [InlineData("POST", Runs + "?force=everything", 400, "bad-request")]
    [InlineData("GET", AdminSite.Repos + Did, 404, "no-such-repo")]
    [InlineData("GET", AdminSite.Repos + "alice_test", 400, "bad-did")]
    [InlineData("GET", "/api/admin/nothing", 404, "no-such-route")]
    [InlineData("DELETE", Runs, 405, "wrong-method")]
    public async Task Request_ThatCannotBe_IsRefusedWithItsType(string method, string path, int status, string kind)
    {
        var answer = await site.SendAsync(new HttpMethod(method), path);

        AdminSite.AssertProblem(answer, (HttpStatusCode)status, kind);
        Assert.Equal(answer.Body.GetProperty("detail").GetString(), answer.Body.GetProperty("error").GetString());
        Assert.Equal(status, answer.Body.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("{", "application/json", 400, "bad-body")]
    [InlineData("[]", "application/json", 400, "bad-body")]
    [InlineData("""{"didz":[]}""", "application/json", 400, "bad-body")]
    [InlineData("""{"dids":[null]}""", "application/json", 400, "bad-body")]
    [InlineData("""{"dids":["alice"]}""", "application/json", 400, "bad-did")]
    [InlineData("dids=did:plc:a", "application/x-www-form-urlencoded", 415, "wrong-media-type")]
    [InlineData("""{"dids":[]}""", "text/plain", 415, "wrong-media-type")]
    [InlineData("""{"dids":[]}""", null, 415, "wrong-media-type")]
    public async Task Start_WithABodyThatIsNoneOfItsOwn_IsRefusedAndStartsNothing(string body, string? mediaType, int status, string kind)
    {
        AdminSite.AssertProblem(await site.PostAsync(Runs + "?force=full_sync", body, mediaType), (HttpStatusCode)status, kind);

        Assert.Empty((await site.SendAsync(HttpMethod.Get, Runs)).Body.GetProperty("runs").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"dids":""", "not JSON: see line 1, byte 9")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("7", "not a JSON object")]
    [InlineData("""{"didz":[]}""", "at $.didz of the body")]
    [InlineData("""{"dids":"did:plc:a"}""", "at $.dids of the body")]
    [InlineData("""{"dids":[7]}""", "at $.dids[0] of the body")]
    public async Task Start_WithABodyThatIsNoneOfItsOwn_SaysWhatIsWrongInWordsOfTheApi(string body, string words)
    {
        var detail = (await site.PostAsync(Runs, body, "application/json")).Body.GetProperty("detail").GetString();

        Assert.Contains(words, detail, StringComparison.Ordinal);
        Assert.DoesNotMatch("Atbb\\.Silo|System\\.|\\.NET", detail);
    }

    /// <summary>Refused, a request leaves the service as it was: all of them can be put to one.</summary>
    public sealed class SharedSite : IAsyncLifetime
    {
        internal AdminSite Site { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Site = await AdminSite.StartAsync();

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}
