using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Atbb.Sample.Tests;

public class SamplePdsAccountTests
{
    const string Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(SamplePds pds, string target)
    {
        using var http = new HttpClient { BaseAddress = pds.Origin };
        using var answer = await http.GetAsync(target, Ends);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ends));
    }

    static async Task<string> OutcomeAsync(SamplePds pds, string target)
    {
        var (status, body) = await GetAsync(pds, target);
        return body.TryGetProperty("error", out var error) ? $"{(int)status} {error}"
            : body.TryGetProperty("status", out var named) ? $"{(int)status} {named}" : $"{(int)status}";
    }

    [Theory]
    [InlineData(AccountState.Active, "200", "200", "200")]
    [InlineData(AccountState.Deactivated, "400 RepoDeactivated", "200 deactivated", "400 InvalidRequest")]
    [InlineData(AccountState.TakenDown, "400 RepoTakendown", "200 takendown", "400 InvalidRequest")]
    [InlineData(AccountState.Suspended, "400 RepoSuspended", "200 suspended", "400 InvalidRequest")]
    [InlineData(AccountState.Deleted, "400 RepoNotFound", "400 RepoNotFound", "400 InvalidRequest")]
    public async Task Answers_ByAccountState_AreTheReferencePdss(AccountState state, string commit, string status, string listing)
    {
        await using var pds = await SamplePds.StartAsync();
        pds.Host(new SampleRepo(Did, "ada.sample.test"));
        pds.SetState(Did, state);

        Assert.Equal(commit, await OutcomeAsync(pds, $"/xrpc/com.atproto.sync.getLatestCommit?did={Did}"));
        Assert.Equal(commit, await OutcomeAsync(pds, $"/xrpc/com.atproto.repo.describeRepo?repo={Did}"));
        Assert.Equal(status, await OutcomeAsync(pds, $"/xrpc/com.atproto.sync.getRepoStatus?did={Did}"));
        Assert.Equal(listing, await OutcomeAsync(pds, $"/xrpc/com.atproto.repo.listRecords?repo={Did}&collection={ForumRecords.Post}"));
        Assert.Equal("200", await OutcomeAsync(pds, $"/{Did}"));
    }

    [Fact]
    public async Task ListRecords_UnknownRepo_IsRefusedInTheReferencePdssWords()
    {
        await using var pds = await SamplePds.StartAsync();

        var (status, body) = await GetAsync(pds, $"/xrpc/com.atproto.repo.listRecords?repo={Did}&collection={ForumRecords.Post}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($$"""{"error":"InvalidRequest","message":"Could not find repo: {{Did}}"}""", body.GetRawText());
    }

    [Fact]
    public async Task Move_Account_IsDeactivatedHereAndActiveWhereTheDirectorySays()
    {
        var plc = new SamplePlc();
        await using var before = await SamplePds.StartAsync(plc);
        await using var after = await SamplePds.StartAsync(plc);
        before.Host(new SampleRepo(Did, "ada.sample.test"));

        before.Move(Did, after);

        var (_, document) = await GetAsync(before, $"/{Did}");
        Assert.Equal(after.Origin.GetLeftPart(UriPartial.Authority), document.GetProperty("service")[0].GetProperty("serviceEndpoint").GetString());
        Assert.Equal("400 RepoDeactivated", await OutcomeAsync(before, $"/xrpc/com.atproto.sync.getLatestCommit?did={Did}"));
        Assert.Equal("200", await OutcomeAsync(after, $"/xrpc/com.atproto.sync.getLatestCommit?did={Did}"));
    }

    [Fact]
    public async Task Plc_UnknownAndTombstonedDids_AreToldApart()
    {
        await using var pds = await SamplePds.StartAsync();
        pds.Plc.Register(Did, "ada.sample.test", pds.Origin);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(pds, $"/{Did}")).Status);
        pds.Plc.Tombstone(Did);
        Assert.Equal(HttpStatusCode.Gone, (await GetAsync(pds, $"/{Did}")).Status);
        pds.Plc.Forget(Did);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(pds, $"/{Did}")).Status);
    }

    [Fact]
    public async Task Rev_OfEveryWrite_GrowsAndIsTheLatestCommits()
    {
        await using var pds = await SamplePds.StartAsync();
        var repo = new SampleRepo(Did, "ada.sample.test");
        pds.Host(repo);
        var empty = repo.Rev;

        var record = repo.Add(ForumRecords.Post, """{"text":"a"}""");
        var added = repo.Rev;
        repo.Put(ForumRecords.Post, record.Rkey, """{"text":"b"}""");
        var edited = repo.Rev;
        Assert.False(repo.Delete(ForumRecords.Post, "absent"));
        Assert.Equal(edited, repo.Rev);
        repo.Delete(ForumRecords.Post, record.Rkey);

        Assert.True(empty < added && added < edited && edited < repo.Rev);
        Assert.Equal(repo.Rev.Value, (await GetAsync(pds, $"/xrpc/com.atproto.sync.getLatestCommit?did={Did}")).Body.GetProperty("rev").GetString());
    }

    [Fact]
    public async Task GetRecord_PresentAbsentAndElsewhere_IsAnswered400And502()
    {
        await using var pds = await SamplePds.StartAsync();
        var repo = new SampleRepo(Did, "ada.sample.test");
        repo.Put(ForumRecords.Forum, "self", """{"name":"x"}""");
        pds.Host(repo);
        const string Query = "/xrpc/com.atproto.repo.getRecord?collection=space.atbb.forum.forum";

        Assert.Equal("200", await OutcomeAsync(pds, $"{Query}&repo={Did}&rkey=self"));
        Assert.Equal("400 RecordNotFound", await OutcomeAsync(pds, $"{Query}&repo={Did}&rkey=other"));
        Assert.Equal("502 UpstreamFailure", await OutcomeAsync(pds, $"{Query}&repo=did:plc:bbbbbbbbbbbbbbbbbbbbbbbb&rkey=self"));
        Assert.Equal("501 MethodNotImplemented", await OutcomeAsync(pds, "/xrpc/com.atproto.sync.getHead"));
    }
}
