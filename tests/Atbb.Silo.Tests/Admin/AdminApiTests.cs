using System.Net;
using System.Text.Json;
using Atbb.Sample;
using Microsoft.Data.Sqlite;

namespace Atbb.Silo.Tests.Admin;

/// <summary>The admin HTTP on the real service, with a forum on a sample PDS.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class AdminApiTests : IAsyncLifetime
{
    const string Runs = "/api/admin/backfill";
    const string Bad = """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""";

    AdminSite site = null!;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    SampleForum Forum => site.Forum;

    SamplePds Pds => site.Pds;

    public async ValueTask InitializeAsync() => site = await AdminSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null) => site.SendAsync(method, path, body);

    Task<JsonElement> EndOfAsync(long id) => site.EndOfAsync(id);

    Task<long> FullSyncAsync() => site.FullSyncAsync();

    static void AssertProblem((HttpStatusCode Status, JsonElement Body) answer, HttpStatusCode status, string kind) => AdminSite.AssertProblem(answer, status, kind);

    [Fact]
    public async Task Hosts_AfterARun_NameThePdsAndWhatWasAskedOfIt()
    {
        Assert.Empty((await SendAsync(HttpMethod.Get, "/api/admin/hosts")).Body.GetProperty("hosts").EnumerateArray());
        await FullSyncAsync();

        var (status, body) = await SendAsync(HttpMethod.Get, "/api/admin/hosts");

        Assert.Equal((HttpStatusCode.OK, 0), (status, body.GetProperty("silosSilent").GetInt32()));
        // Directory and PDS are one here.
        var host = Assert.Single(body.GetProperty("hosts").EnumerateArray());
        Assert.Equal(Pds.Origin.Authority, host.GetProperty("host").GetString());
        Assert.InRange(host.GetProperty("requestsLastMinute").GetInt32(), 10, int.MaxValue);
        Assert.Equal((0, 0), (host.GetProperty("underWay").GetInt32(), host.GetProperty("waiting").GetInt32()));
    }

    [Fact]
    public async Task Retry_OfAFailedRun_IsARunAndClearsItsErrors()
    {
        Pds.Fault = request => request.Did == Forum.Users[0].Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var failed = await FullSyncAsync();
        Pds.Fault = null;

        var (status, start) = await SendAsync(HttpMethod.Post, $"{Runs}/{failed}/retry");

        Assert.Equal((HttpStatusCode.Accepted, "retry"), (status, start.GetProperty("type").GetString()));
        var retry = await EndOfAsync(start.GetProperty("runId").GetInt64());
        Assert.Equal(("completed", failed, 3), (retry.GetProperty("status").GetString(), retry.GetProperty("retryOf").GetInt64(), retry.GetProperty("recordsIndexed").GetInt64()));
        Assert.Empty((await SendAsync(HttpMethod.Get, $"{Runs}/{failed}/errors")).Body.GetProperty("errors").EnumerateArray());
        // Nothing is left to retry.
        var (again, answer) = await SendAsync(HttpMethod.Post, $"{Runs}/{failed}/retry");
        Assert.Equal((HttpStatusCode.OK, "not_needed"), (again, answer.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Index_WithErrorsOfAFullSyncOpen_IsNotWholeForACatchUpThatMetNone()
    {
        var (status, empty) = await SendAsync(HttpMethod.Get, "/api/admin/index");
        Assert.Equal((HttpStatusCode.OK, "lacking"), (status, empty.GetProperty("verdict").GetString()));
        Assert.Equal("never_read", Assert.Single(empty.GetProperty("reasons").EnumerateArray()).GetProperty("kind").GetString());
        var broken = Forum.Users[0];
        broken.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var full = await FullSyncAsync();

        // Its repository has not changed, so that this one has nothing to complain of.
        var caughtUp = await EndOfAsync(await site.StartRunAsync("catch_up"));
        var lacking = (await SendAsync(HttpMethod.Get, "/api/admin/index")).Body;
        broken.Delete(ForumRecords.Post, "3zzzzzzzzzzzz");
        await EndOfAsync(await site.StartRunAsync("catch_up"));
        var whole = (await SendAsync(HttpMethod.Get, "/api/admin/index")).Body;

        Assert.Equal(("completed", 0), (caughtUp.GetProperty("status").GetString(), caughtUp.GetProperty("recordsFailed").GetInt64()));
        Assert.Equal(("lacking", 1), (lacking.GetProperty("verdict").GetString(), lacking.GetProperty("errorCount").GetInt64()));
        Assert.Equal("open_errors", Assert.Single(lacking.GetProperty("reasons").EnumerateArray()).GetProperty("kind").GetString());
        var ofKind = Assert.Single(lacking.GetProperty("errorsByKind").EnumerateArray());
        Assert.Equal(("wrong_type_field", 1), (ofKind.GetProperty("kind").GetString(), ofKind.GetProperty("count").GetInt64()));
        Assert.Equal(("whole", full, 0), (whole.GetProperty("verdict").GetString(), whole.GetProperty("fullSyncId").GetInt64(), whole.GetProperty("errorCount").GetInt64()));
        Assert.Empty(whole.GetProperty("reasons").EnumerateArray());
    }

    [Fact]
    public async Task Retry_ThatCannotBe_IsAProblem()
    {
        AssertProblem(await SendAsync(HttpMethod.Post, Runs + "/7/retry"), HttpStatusCode.NotFound, "no-such-run");

        var released = new TaskCompletionSource();
        Pds.Fault = _ => PdsFault.HeldUntil(released.Task);
        var (_, start) = await SendAsync(HttpMethod.Post, Runs + "?force=catch_up");
        var refused = await SendAsync(HttpMethod.Post, $"{Runs}/{start.GetProperty("runId").GetInt64()}/retry");
        AssertProblem(refused, HttpStatusCode.Conflict, "run-unfinished");
        Assert.Equal(start.GetProperty("runId").GetInt64(), refused.Body.GetProperty("runId").GetInt64());
        AssertProblem(await SendAsync(HttpMethod.Post, Runs + "?force=full_sync"), HttpStatusCode.Conflict, "run-unfinished");
        released.SetResult();
        await EndOfAsync(start.GetProperty("runId").GetInt64());
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    public async Task Change_OfARunThatIsNoneOrHasEnded_SaysWhichOfTheTwo(string change)
    {
        AssertProblem(await SendAsync(HttpMethod.Post, $"{Runs}/7/{change}"), HttpStatusCode.NotFound, "no-such-run");

        var (_, start) = await SendAsync(HttpMethod.Post, Runs + "?force=catch_up");
        var id = start.GetProperty("runId").GetInt64();
        await EndOfAsync(id);
        AssertProblem(await SendAsync(HttpMethod.Post, $"{Runs}/{id}/{change}"), HttpStatusCode.Conflict, "run-has-ended");
    }

    [Fact]
    public async Task Errors_ByDidAndKind_ComeInPages()
    {
        foreach (var user in Forum.Users)
            foreach (var rkey in new[] { "3zzzzzzzzzzzy", "3zzzzzzzzzzzz" })
                user.Put(ForumRecords.Post, rkey, Bad);
        var errors = $"{Runs}/{await FullSyncAsync()}/errors";

        var first = (await SendAsync(HttpMethod.Get, errors + "?kind=wrong_type_field&limit=4")).Body;
        var second = (await SendAsync(HttpMethod.Get, $"{errors}?kind=wrong_type_field&limit=4&after={first.GetProperty("next").GetInt64()}")).Body;

        Assert.Equal((4, 2), (first.GetProperty("errors").GetArrayLength(), second.GetProperty("errors").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        var full = (await SendAsync(HttpMethod.Get, $"{errors}?kind=wrong_type_field&limit=2&after={first.GetProperty("next").GetInt64()}")).Body;
        Assert.Equal((2, JsonValueKind.Null), (full.GetProperty("errors").GetArrayLength(), full.GetProperty("next").ValueKind));
        // Others come after it, and none of this repository.
        var ofOne = (await SendAsync(HttpMethod.Get, $"{errors}?did={Forum.Users[0].Did}&limit=2")).Body;
        Assert.Equal((2, JsonValueKind.Null), (ofOne.GetProperty("errors").GetArrayLength(), ofOne.GetProperty("next").ValueKind));
        Assert.Equal(2, (await SendAsync(HttpMethod.Get, $"{errors}?did={Forum.Users[1].Did}")).Body.GetProperty("errors").GetArrayLength());
        Assert.Empty((await SendAsync(HttpMethod.Get, errors + "?kind=bad_date")).Body.GetProperty("errors").EnumerateArray());
        AssertProblem(await SendAsync(HttpMethod.Get, Runs + "/99/errors"), HttpStatusCode.NotFound, "no-such-run");
    }

    [Fact]
    public async Task OpenErrors_OfSeveralRuns_AreThoseThatTheVerdictCountsInPages()
    {
        const string Open = "/api/admin/errors";
        Assert.Empty((await SendAsync(HttpMethod.Get, Open)).Body.GetProperty("errors").EnumerateArray());
        foreach (var user in Forum.Users)
            user.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var first = await FullSyncAsync();
        // Failed once more, of another kind: missing once, as what it was last.
        Forum.Users[0].Put(ForumRecords.Post, "3zzzzzzzzzzzz", """{"$type":"space.atbb.post","createdAt":"2026-01-01T00:00:00Z"}""");
        var second = await FullSyncAsync();

        var all = (await SendAsync(HttpMethod.Get, Open)).Body.GetProperty("errors").EnumerateArray().ToList();
        var index = (await SendAsync(HttpMethod.Get, "/api/admin/index")).Body;
        Assert.Equal(
            index.GetProperty("errorsByKind").EnumerateArray().ToDictionary(of => of.GetProperty("kind").GetString()!, of => of.GetProperty("count").GetInt32()),
            all.CountBy(error => error.GetProperty("kind").GetString()!).ToDictionary());
        Assert.Equal(3, all.Count);
        var page = (await SendAsync(HttpMethod.Get, Open + "?limit=2")).Body;
        var rest = (await SendAsync(HttpMethod.Get, $"{Open}?limit=2&after={page.GetProperty("next").GetInt64()}")).Body;
        Assert.Equal((2, 1, JsonValueKind.Null), (page.GetProperty("errors").GetArrayLength(), rest.GetProperty("errors").GetArrayLength(), rest.GetProperty("next").ValueKind));
        var again = Assert.Single((await SendAsync(HttpMethod.Get, Open + "?kind=missing_field")).Body.GetProperty("errors").EnumerateArray());
        Assert.Equal((second, Forum.Users[0].Did), (again.GetProperty("runId").GetInt64(), again.GetProperty("did").GetString()));
        var other = Assert.Single((await SendAsync(HttpMethod.Get, $"{Open}?did={Forum.Users[1].Did}")).Body.GetProperty("errors").EnumerateArray());
        Assert.Equal((first, "wrong_type_field"), (other.GetProperty("runId").GetInt64(), other.GetProperty("kind").GetString()));
        AssertProblem(await SendAsync(HttpMethod.Get, Open + "?kind=nonsense"), HttpStatusCode.BadRequest, "bad-kind");
        AssertProblem(await SendAsync(HttpMethod.Get, Open + "?did=alice"), HttpStatusCode.BadRequest, "bad-did");
        AssertProblem(await SendAsync(HttpMethod.Get, Open + "?limit=0"), HttpStatusCode.BadRequest, "bad-paging");
    }

    [Fact]
    public async Task Repo_BeforeAndAfterASync_SaysWhatIsKnown()
    {
        var user = Forum.Users[0];
        var path = "/api/admin/repos/" + user.Did;
        AssertProblem(await SendAsync(HttpMethod.Get, path), HttpStatusCode.NotFound, "no-such-repo");
        AssertProblem(await SendAsync(HttpMethod.Get, "/api/admin/repos/alice_test"), HttpStatusCode.BadRequest, "bad-did");
        AssertProblem(await SendAsync(HttpMethod.Post, "/api/admin/repos/alice_test/sync"), HttpStatusCode.BadRequest, "bad-did");
        AssertProblem(await SendAsync(HttpMethod.Get, "/api/admin/repos/" + user.Handle), HttpStatusCode.NotFound, "no-such-repo");

        var (status, sync) = await SendAsync(HttpMethod.Post, path + "/sync");

        Assert.Equal((HttpStatusCode.OK, "completed", 3), (status, sync.GetProperty("outcome").GetString(), sync.GetProperty("counts").GetProperty("indexed").GetInt64()));
        var (_, repo) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal((user.Handle, "active", user.Rev.Value), (repo.GetProperty("handle").GetString(), repo.GetProperty("status").GetString(), repo.GetProperty("rev").GetString()));
        Assert.Equal(2, repo.GetProperty("cursors").GetArrayLength());
    }

    [Fact]
    public async Task Repo_ByHandle_IsTheOneThatClaimsItAndNoneOfSeveral()
    {
        await FullSyncAsync();
        var user = Forum.Users[0];
        var path = "/api/admin/repos/" + user.Handle!.ToUpperInvariant();

        Assert.Equal(user.Did, (await SendAsync(HttpMethod.Get, path)).Body.GetProperty("did").GetString());
        Assert.Equal("completed", (await SendAsync(HttpMethod.Post, path + "/sync")).Body.GetProperty("outcome").GetString());

        await using (var index = new SqliteConnection($"Data Source={site.IndexFile}"))
        {
            await index.OpenAsync(Ends);
            await using var command = index.CreateCommand();
            command.CommandText = $"update repos set handle = '{user.Handle}' where did = '{Forum.Users[1].Did}'";
            await command.ExecuteNonQueryAsync(Ends);
        }

        var several = await SendAsync(HttpMethod.Get, path);
        AssertProblem(several, HttpStatusCode.Conflict, "ambiguous-handle");
        Assert.Equal(
            new[] { user.Did, Forum.Users[1].Did }.Order(StringComparer.Ordinal), several.Body.GetProperty("dids").EnumerateArray().Select(did => did.GetString()));
        AssertProblem(await SendAsync(HttpMethod.Post, path + "/sync"), HttpStatusCode.Conflict, "ambiguous-handle");
    }

    [Fact]
    public async Task Repo_ThatIsNotToBeHad_SaysWhyWhoAndUntilWhenAndThatItGoesOnByItself()
    {
        var user = Forum.Users[0];
        Pds.Fault = request => request.Did == user.Did ? PdsFault.TooManyRequests(TimeSpan.FromMinutes(5)) : null;

        // The first question is answered with a 429; the second is not even asked.
        await SendAsync(HttpMethod.Post, $"/api/admin/repos/{user.Did}/sync");
        var (status, sync) = await SendAsync(HttpMethod.Post, $"/api/admin/repos/{user.Did}/sync");

        Assert.Equal((HttpStatusCode.Accepted, "parked"), (status, sync.GetProperty("outcome").GetString()));
        Assert.NotEqual(JsonValueKind.Null, sync.GetProperty("until").ValueKind);
        Assert.Equal(JsonValueKind.Null, sync.GetProperty("askedAgainBy").ValueKind);
        Assert.Contains("goes on by itself", sync.GetProperty("message").GetString(), StringComparison.Ordinal);
        var parked = sync.GetProperty("repo").GetProperty("parked");
        Assert.Equal(
            (Pds.Origin.Authority, sync.GetProperty("until").GetDateTimeOffset(), sync.GetProperty("reason").GetString()),
            (parked.GetProperty("host").GetString(), parked.GetProperty("nextAttemptAt").GetDateTimeOffset(), parked.GetProperty("reason").GetString()));
        // The first has left an error behind, by hand; the account is known for that.
        var (_, repo) = await SendAsync(HttpMethod.Get, "/api/admin/repos/" + user.Did);
        Assert.Equal(parked.GetProperty("host").GetString(), repo.GetProperty("parked").GetProperty("host").GetString());
    }

    [Fact]
    public async Task Repo_WithRowsAndErrors_CountsThem()
    {
        var user = Forum.Users[0];
        user.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var id = await FullSyncAsync();

        var (_, repo) = await SendAsync(HttpMethod.Get, "/api/admin/repos/" + user.Did);

        Assert.Equal(
            [(ForumRecords.Membership, 1L), (ForumRecords.Post, 2L)],
            repo.GetProperty("rows").EnumerateArray().Select(of => (of.GetProperty("collection").GetString()!, of.GetProperty("rows").GetInt64())));
        Assert.Equal(1, repo.GetProperty("openErrors").GetInt64());
        var error = Assert.Single(repo.GetProperty("errors").EnumerateArray());
        Assert.Equal((id, "wrong_type_field"), (error.GetProperty("runId").GetInt64(), error.GetProperty("kind").GetString()));
        Assert.Equal(JsonValueKind.Null, repo.GetProperty("parked").ValueKind);
        var (_, sync) = await SendAsync(HttpMethod.Post, $"/api/admin/repos/{user.Did}/sync");
        Assert.Contains("1 of its records", sync.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_WithSomethingParked_NamesIt()
    {
        await FullSyncAsync();
        var user = Forum.Users[0];
        user.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var released = new TaskCompletionSource();
        Pds.Fault = request => request.Did == user.Did ? PdsFault.HeldUntil(released.Task) : null;
        var (_, start) = await SendAsync(HttpMethod.Post, Runs + "?force=catch_up");
        var path = $"{Runs}/{start.GetProperty("runId").GetInt64()}";

        var run = (await SendAsync(HttpMethod.Get, path)).Body;
        while (run.GetProperty("didsDone").GetInt64() < 3)
        {
            await Task.Delay(50, Ends);
            run = (await SendAsync(HttpMethod.Get, path)).Body;
        }

        Assert.Equal([user.Did], run.GetProperty("reading").EnumerateArray().Select(did => did.GetString()));
        Assert.Empty(run.GetProperty("waiting").EnumerateArray());
        var (_, health) = await SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal("Healthy", health.GetProperty("checks").GetProperty("run").GetProperty("status").GetString());
        released.SetResult();
        await EndOfAsync(start.GetProperty("runId").GetInt64());
    }
}
