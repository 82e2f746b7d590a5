using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Atbb.Silo.Tests.Admin;

/// <summary>Starting runs: with and without a body, with a key, and one after another.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class StartTests : IAsyncLifetime
{
    const string Runs = AdminSite.Runs;
    const string Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    AdminSite site = null!;

    public async ValueTask InitializeAsync() => site = await AdminSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    /// <summary>As <c>curl -X POST -d ''</c>, <c>curl -X POST</c> and atBB's own client send it.</summary>
    [Fact]
    public async Task Start_WithoutABody_IsAStartWhateverItsMediaType()
    {
        foreach (var mediaType in new[] { "application/x-www-form-urlencoded", "application/json", "text/plain", null })
        {
            var (status, start) = await site.PostAsync(Runs + "?force=catch_up", "", mediaType);

            Assert.Equal((HttpStatusCode.Accepted, "catch_up"), (status, start.GetProperty("type").GetString()));
            await site.EndOfAsync(start.GetProperty("runId").GetInt64());
        }
    }

    [Fact]
    public async Task Start_WithDidsThatItWouldNotRead_SaysSoAndNotesNothing()
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

        var refused = await site.PostAsync(Runs + "?force=catch_up", $$"""{"dids":["{{Did}}"]}""", "application/json");
        AdminSite.AssertProblem(refused, HttpStatusCode.BadRequest, "dids-not-read");
        Assert.Contains("?force=full_sync", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var (status, notNeeded) = await site.PostAsync(Runs, $$"""{"dids":["{{Did}}"]}""", "application/json");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("(cursor_fresh), and the DIDs listed are not noted", notNeeded.GetProperty("message").GetString(), StringComparison.Ordinal);

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

        Assert.Equal(JsonValueKind.Null, (await site.SendAsync(HttpMethod.Get, $"{Runs}?limit=5")).Body.GetProperty("next").ValueKind);

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
