using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Atbb.Silo.Tests.Admin;

/// <summary>What is refused, and by which type a program knows why.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    const string Runs = AdminSite.Runs;
    const string Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    AdminSite site = null!;

    public async ValueTask InitializeAsync() => site = await AdminSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string body, string? mediaType, Action<HttpRequestMessage>? shape = null) =>
        site.SendAsync(HttpMethod.Post, path, request =>
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
            shape?.Invoke(request);
        });

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
        AdminSite.AssertProblem(await PostAsync(Runs + "?force=full_sync", body, mediaType), (HttpStatusCode)status, kind);

        Assert.Empty((await site.SendAsync(HttpMethod.Get, Runs)).Body.GetProperty("runs").EnumerateArray());
    }

    /// <summary>As <c>curl -X POST -d ''</c>, <c>curl -X POST</c> and atBB's own client send it.</summary>
    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Start_WithoutABody_IsAStartWhateverItsMediaType(string? mediaType)
    {
        var (status, start) = await PostAsync(Runs + "?force=catch_up", "", mediaType);

        Assert.Equal((HttpStatusCode.Accepted, "catch_up"), (status, start.GetProperty("type").GetString()));
        await site.EndOfAsync(start.GetProperty("runId").GetInt64());
    }

    [Theory]
    [InlineData("?force=catch_up")]
    [InlineData("")]
    public async Task Start_WithDidsThatTheRunWouldNotRead_IsRefusedAndSaysWhatDoes(string query)
    {
        // Fresh enough for no run to be needed, with a forum in the index.
        await site.FullSyncAsync();
        await using (var index = new SqliteConnection($"Data Source={site.IndexFile}"))
        {
            await index.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = index.CreateCommand();
            command.CommandText = $"insert into firehose_cursor (service, cursor, updated_at) values ('jetstream', {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}000, '2026-01-01')";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var answer = await PostAsync(Runs + query, $$"""{"dids":["{{Did}}"]}""", "application/json");

        AdminSite.AssertProblem(answer, HttpStatusCode.BadRequest, "dids-not-read");
        Assert.Contains("?force=full_sync", answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        AdminSite.AssertProblem(await site.SendAsync(HttpMethod.Get, AdminSite.Repos + Did), HttpStatusCode.NotFound, "no-such-repo");
    }

    [Fact]
    public async Task Start_WithTheKeyOfAnother_AnswersThatRunOrSaysThatItAskedForSomethingElse()
    {
        Task<(HttpStatusCode Status, JsonElement Body)> Send(string path, string key) =>
            site.SendAsync(HttpMethod.Post, path, request => request.Headers.Add("Idempotency-Key", key));
        var (status, first) = await Send(Runs + "?force=full_sync", "a1");
        var id = first.GetProperty("runId").GetInt64();
        Assert.Equal(HttpStatusCode.Accepted, status);

        Assert.Equal(id, (await Send(Runs + "?force=full_sync", "a1")).Body.GetProperty("runId").GetInt64());
        AdminSite.AssertProblem(await Send(Runs + "?force=catch_up", "a1"), HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await site.EndOfAsync(id);

        // Ended, and another has come and gone since: still the same answer.
        await site.EndOfAsync(await site.StartRunAsync("catch_up"));
        var (again, late) = await Send(Runs + "?force=full_sync", "a1");
        Assert.Equal((HttpStatusCode.Accepted, id, "completed"), (again, late.GetProperty("runId").GetInt64(), late.GetProperty("status").GetString()));
        var other = (await Send(Runs + "?force=full_sync", "a2")).Body.GetProperty("runId").GetInt64();
        Assert.NotEqual(id, other);
        AdminSite.AssertProblem(await Send($"{Runs}/{other}/retry", "a2"), HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await site.EndOfAsync(other);
        Assert.Equal(3, (await site.SendAsync(HttpMethod.Get, Runs)).Body.GetProperty("runs").GetArrayLength());
        AdminSite.AssertProblem(await Send(Runs, new string('k', 256)), HttpStatusCode.BadRequest, "bad-idempotency-key");
    }

    [Fact]
    public async Task Runs_InPages_ComeAllAndOnceEach()
    {
        for (var i = 0; i < 5; i++)
            await site.EndOfAsync(await site.StartRunAsync("catch_up"));

        var seen = new List<long>();
        long? next = null;
        do
        {
            var page = (await site.SendAsync(HttpMethod.Get, $"{Runs}?limit=2" + (next is null ? "" : $"&before={next}"))).Body;
            seen.AddRange(page.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("runId").GetInt64()));
            next = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
        }
        while (next is not null);

        Assert.Equal(seen.Distinct().OrderDescending(), seen);
        Assert.Equal(5, seen.Count);
    }
}
