using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Atbb.Sample;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Testing.Databases;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Atbb.Silo.Tests.Admin;

/// <summary>The admin HTTP on the real service, with a forum on a sample PDS.</summary>
public sealed class AdminApiTests : IAsyncLifetime
{
    const string Runs = "/api/admin/backfill";
    const string Bad = """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""";

    readonly SqliteFile file = new();
    readonly SampleForum forum = SampleForum.Generate(new() { Users = 3, PostsPerUser = 2 });
    readonly HttpClient http = new();
    SamplePds pds = null!;
    WebApplication app = null!;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        var settings = new AtbbSettings { Database = file.Path, PlcDirectory = pds.Origin };
        settings.Forum.Did = forum.Forum.Did;
        settings.Network.AllowPrivateAddresses = true;
        settings.Network.MaxRetries = 0;
        settings.Politeness.RequestsPerSecond = 0;
        settings.Backfill.OnStartup = false;
        settings.Backfill.MaxAttempts = 1;
        settings.Admin.Url = $"http://127.0.0.1:{SiloPorts.FirstFree(21_000)}";
        app = WebHosting.Build(settings, LogLevel.Warning);
        await app.StartAsync(Ends);
        http.BaseAddress = new Uri(settings.Admin.Url);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await pds.DisposeAsync();
        file.Dispose();
    }

    async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, Ends);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ends));
    }

    async Task<JsonElement> EndOfAsync(long id)
    {
        while (true)
        {
            var (_, run) = await SendAsync(HttpMethod.Get, $"{Runs}/{id}");
            if (run.GetProperty("status").GetString() is not "in_progress")
                return run;
            await Task.Delay(50, Ends);
        }
    }

    async Task<long> FullSyncAsync()
    {
        var (status, start) = await SendAsync(HttpMethod.Post, Runs + "?force=full_sync", new { dids = forum.Users.Select(user => user.Did) });
        Assert.Equal(HttpStatusCode.Accepted, status);
        var id = start.GetProperty("runId").GetInt64();
        await EndOfAsync(id);
        return id;
    }

    static void AssertProblem((HttpStatusCode Status, JsonElement Body) answer, HttpStatusCode status, string kind) =>
        Assert.Equal((status, $"urn:atbb:problem:{kind}"), (answer.Status, answer.Body.GetProperty("type").GetString()));

    [Fact]
    public async Task Retry_OfAFailedRun_IsARunAndClearsItsErrors()
    {
        pds.Fault = request => request.Did == forum.Users[0].Did ? PdsFault.Error(503, "UpstreamFailure") : null;
        var failed = await FullSyncAsync();
        pds.Fault = null;

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
    public async Task Retry_ThatCannotBe_IsAProblem()
    {
        AssertProblem(await SendAsync(HttpMethod.Post, Runs + "/7/retry"), HttpStatusCode.NotFound, "no-such-run");

        var released = new TaskCompletionSource();
        pds.Fault = _ => PdsFault.HeldUntil(released.Task);
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
        foreach (var user in forum.Users)
            foreach (var rkey in new[] { "3zzzzzzzzzzzy", "3zzzzzzzzzzzz" })
                user.Put(ForumRecords.Post, rkey, Bad);
        var errors = $"{Runs}/{await FullSyncAsync()}/errors";

        var first = (await SendAsync(HttpMethod.Get, errors + "?kind=wrong_type_field&limit=4")).Body;
        var second = (await SendAsync(HttpMethod.Get, $"{errors}?kind=wrong_type_field&limit=4&after={first.GetProperty("next").GetInt64()}")).Body;

        Assert.Equal((4, 2), (first.GetProperty("errors").GetArrayLength(), second.GetProperty("errors").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(2, (await SendAsync(HttpMethod.Get, $"{errors}?did={forum.Users[1].Did}")).Body.GetProperty("errors").GetArrayLength());
        Assert.Empty((await SendAsync(HttpMethod.Get, errors + "?kind=bad_date")).Body.GetProperty("errors").EnumerateArray());
        AssertProblem(await SendAsync(HttpMethod.Get, Runs + "/99/errors"), HttpStatusCode.NotFound, "no-such-run");
    }

    [Fact]
    public async Task Repo_BeforeAndAfterASync_SaysWhatIsKnown()
    {
        var user = forum.Users[0];
        var path = "/api/admin/repos/" + user.Did;
        AssertProblem(await SendAsync(HttpMethod.Get, path), HttpStatusCode.NotFound, "no-such-repo");
        AssertProblem(await SendAsync(HttpMethod.Get, "/api/admin/repos/alice_test"), HttpStatusCode.BadRequest, "bad-request");
        AssertProblem(await SendAsync(HttpMethod.Post, "/api/admin/repos/alice_test/sync"), HttpStatusCode.BadRequest, "bad-request");
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
        var user = forum.Users[0];
        var path = "/api/admin/repos/" + user.Handle!.ToUpperInvariant();

        Assert.Equal(user.Did, (await SendAsync(HttpMethod.Get, path)).Body.GetProperty("did").GetString());
        Assert.Equal("completed", (await SendAsync(HttpMethod.Post, path + "/sync")).Body.GetProperty("outcome").GetString());

        await using (var index = new SqliteConnection($"Data Source={file.Path}"))
        {
            await index.OpenAsync(Ends);
            await using var command = index.CreateCommand();
            command.CommandText = $"update repos set handle = '{user.Handle}' where did = '{forum.Users[1].Did}'";
            await command.ExecuteNonQueryAsync(Ends);
        }

        var several = await SendAsync(HttpMethod.Get, path);
        AssertProblem(several, HttpStatusCode.Conflict, "ambiguous-handle");
        Assert.Equal(
            new[] { user.Did, forum.Users[1].Did }.Order(StringComparer.Ordinal), several.Body.GetProperty("dids").EnumerateArray().Select(did => did.GetString()));
        AssertProblem(await SendAsync(HttpMethod.Post, path + "/sync"), HttpStatusCode.Conflict, "ambiguous-handle");
    }

    [Fact]
    public async Task Repo_ThatIsNotToBeHad_SaysWhyAndUntilWhen()
    {
        var user = forum.Users[0];
        pds.Fault = request => request.Did == user.Did ? PdsFault.TooManyRequests(TimeSpan.FromMinutes(5)) : null;

        // The first question is answered with a 429; the second is not even asked.
        await SendAsync(HttpMethod.Post, $"/api/admin/repos/{user.Did}/sync");
        var (status, sync) = await SendAsync(HttpMethod.Post, $"/api/admin/repos/{user.Did}/sync");

        Assert.Equal((HttpStatusCode.Accepted, "parked"), (status, sync.GetProperty("outcome").GetString()));
        Assert.NotEqual(JsonValueKind.Null, sync.GetProperty("until").ValueKind);
    }

    [Fact]
    public async Task Progress_WithSomethingParked_NamesIt()
    {
        await FullSyncAsync();
        var user = forum.Users[0];
        user.Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var released = new TaskCompletionSource();
        pds.Fault = request => request.Did == user.Did ? PdsFault.HeldUntil(released.Task) : null;
        var (_, start) = await SendAsync(HttpMethod.Post, Runs + "?force=catch_up");
        var path = $"{Runs}/{start.GetProperty("runId").GetInt64()}";

        JsonElement run;
        do
            run = (await SendAsync(HttpMethod.Get, path)).Body;
        while (run.GetProperty("didsDone").GetInt64() < 3);

        Assert.Equal([user.Did], run.GetProperty("reading").EnumerateArray().Select(did => did.GetString()));
        Assert.Empty(run.GetProperty("waiting").EnumerateArray());
        var (_, health) = await SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal("Healthy", health.GetProperty("checks").GetProperty("run").GetProperty("status").GetString());
        released.SetResult();
        await EndOfAsync(start.GetProperty("runId").GetInt64());
    }
}
