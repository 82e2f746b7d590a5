using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Soak;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>The service as an operator's browser and programs meet it.</summary>
public sealed class ServeTests(ITestOutputHelper output)
{
    const string Token = "a token of sixteen and more";
    const string Runs = "/api/admin/backfill";

    static readonly SampleForumOptions Small = new() { Users = 6, PostsPerUser = 5 };

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>A silo's start is its name in the cluster: the one before, killed, seems to be the later one.</summary>
    [Fact]
    public async Task Serve_StartedAfterTheClockWasSetBack_JoinsItsCluster()
    {
        Assert.SkipWhen(SoakClock.MayBeSkipped, "libfaketime is not installed.");
        using var clock = new SoakClock();
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, Small);
        using var admin = new AdminClient(it.Site.AdminPort);
        clock.Set(TimeSpan.FromDays(1));
        await using (var before = it.Site.ServeIn(clock.Environment))
        {
            await admin.ReadyAsync(before);
            await before.KillAsync();
        }

        clock.Set(TimeSpan.Zero);
        await using var atbb = it.Site.ServeIn(clock.Environment);
        await admin.ReadyAsync(atbb);

        Assert.Contains("cluster.former_self", atbb.Output + atbb.Errors, StringComparison.Ordinal);
        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        await it.AssertIndexAsync(await admin.CompletedAsync(atbb), before: null, $"{atbb}");
    }

    /// <summary>A silo is named by the second of its start, and a run of an unchanged forum takes less than one: its end is not the next one's.</summary>
    [Fact]
    public async Task Backfill_StartedInTheSecondInWhichAnotherBeganAndEnded_RunsAsWell()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, Small);
        await it.FillAsync();
        // In whichever second of the next minutes it starts, there was one.
        await using (var index = it.Database.Open())
        await using (var connection = await index.Orleans.OpenConnectionAsync(Ends))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = """
                insert into OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
                select DeploymentId, Address, Port, Generation + second, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime
                from OrleansMembershipTable, generate_series(1, 600) second where Status = 6
                """;
            Assert.Equal(600, await command.ExecuteNonQueryAsync(Ends));
        }

        await using var again = it.Site.Backfill("catch_up", it.Dids);

        Assert.True(await again.ExitAsync() == 0, $"{again}");
        Assert.Equal("completed", again.Figures().Status);
    }

    /// <summary>Both choose ports that they listen on only later.</summary>
    [Fact]
    public async Task Backfill_TwoStartedAtOnceWithoutPorts_BothCompleteTheRun()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, Small);
        string[] without = [.. AtbbSite.Set("Cluster:SiloPort", 0), .. AtbbSite.Set("Cluster:GatewayPort", 0)];
        await using var one = it.Site.Backfill("full_sync", it.Dids, without);
        await using var other = it.Site.Backfill("full_sync", it.Dids, without);

        foreach (var atbb in new[] { one, other })
            Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        // One may be done before the other has joined it, and the other runs over an unchanged forum.
        var first = one.Figures().RunId <= other.Figures().RunId ? one : other;
        await it.AssertIndexAsync(first.Figures(), before: null, $"{first}");
    }

    /// <summary>Orleans takes its grains down by the clock, and refuses to make any that would have been due before the last were.</summary>
    [Fact]
    public async Task Serve_ClockIsSetBackUnderARun_GoesOnWithIt()
    {
        Assert.SkipWhen(SoakClock.MayBeSkipped, "libfaketime is not installed.");
        using var clock = new SoakClock();
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, ForumCase.Size, "Backfill:Concurrency=4");
        it.Pds.Latency = TimeSpan.FromMilliseconds(100);
        using var admin = new AdminClient(it.Site.AdminPort);
        await using var atbb = it.Site.ServeIn(clock.Environment);
        await admin.ReadyAsync(atbb);
        var middle = it.Pds.Log.AnsweredAsync(25, static request => request.IsListing, Ends);
        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        await middle.WaitAsync(AtbbProcess.Patience, Ends);

        clock.Set(-TimeSpan.FromDays(2));

        await it.AssertIndexAsync(await admin.CompletedAsync(atbb), before: null, $"{atbb}");
    }

    [Fact]
    public async Task Serve_WithToken_AnswersWhoPresentsItAndNobodyElse()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = it.Site.Serve(AtbbSite.Set("Admin:Token", Token));
        using var stranger = new AdminClient(it.Site.AdminPort);
        using var guesser = new AdminClient(it.Site.AdminPort, Token[..^1] + "x");
        using var admin = new AdminClient(it.Site.AdminPort, Token);
        await admin.ReadyAsync(atbb);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/health/live"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/health/ready"));
        foreach (var path in new[] { Runs, $"{Runs}/1", $"{Runs}/1/errors", "/dashboard/", "/dashboard/DashboardCounters", "/metrics" })
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await StatusAsync(stranger, path)));
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await StatusAsync(guesser, path)));
        }

        using var refused = await stranger.StartAsync("full_sync");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, Runs));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "/dashboard/"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, "/metrics"));

        // A browser is shown where to sign in, and its cookie then opens the dashboard.
        using var page = new HttpRequestMessage(HttpMethod.Get, "/dashboard/");
        page.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var shown = await stranger.Http.SendAsync(page, Ends);
        Assert.Equal(HttpStatusCode.Redirect, shown.StatusCode);
        Assert.Contains("/signin", shown.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var wrong = await stranger.Http.PostAsync("/signin", new FormUrlEncodedContent([new("token", "guessed")]), Ends);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await stranger.Http.PostAsync("/signin", new FormUrlEncodedContent([new("token", Token)]), Ends);
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/dashboard/"));
    }

    [Fact]
    public async Task Serve_WithoutToken_AnswersNoForeignNameAndNoForeignPage()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = it.Site.Serve();
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(atbb);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, Runs));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, Runs, request => request.Headers.Host = $"localhost:{it.Site.AdminPort}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(admin, Runs, request => request.Headers.Host = "atbb.evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(admin, $"{Runs}?force=full_sync", request =>
        {
            request.Method = HttpMethod.Post;
            request.Headers.Add("Origin", "https://evil.example");
        }));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(admin, $"{Runs}?force=full_sync", request =>
        {
            request.Method = HttpMethod.Post;
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
        }));
        Assert.Empty(await admin.RunsAsync());
    }

    [Fact]
    public async Task Start_WhileARunIsUnderWay_AnswersItsIdAndErrorsArePaged()
    {
        const int bad = 5;
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        for (var i = 0; i < bad; i++)
            it.Forum.Users[i].Add(ForumRecords.Post, $$"""{"$type":"space.atbb.post","text":{{i}},"createdAt":"2026-01-01T00:00:00Z"}""");
        var released = new TaskCompletionSource();
        it.Pds.Fault = request => request.IsListing ? PdsFault.HeldUntil(released.Task) : null;
        await using var atbb = it.Site.Serve();
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(atbb);

        // Answered at once: not a page has been read, and none will be before the second request is answered too.
        using var first = await admin.StartAsync("full_sync", [.. it.Dids]);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        var id = (await JsonAsync(first)).GetProperty("runId").GetInt64();
        Assert.Equal($"{Runs}/{id}", first.Headers.Location?.ToString());
        using var second = await admin.StartAsync("catch_up");
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(id, (await JsonAsync(second)).GetProperty("runId").GetInt64());
        Assert.Equal("in_progress", (await admin.RunAsync(id)).Status);
        released.SetResult();
        var run = await admin.CompletedAsync(atbb);

        Assert.Equal(id, run.RunId);
        Assert.Equal(new RecordCounts(it.Forum.RecordCount - bad, 0, 0, 0, bad), run.Counts);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, $"{Runs}/{id + 1}"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(admin, $"{Runs}?force=everything", request => request.Method = HttpMethod.Post));

        var dids = new List<string>();
        long? after = 0;
        for (var pages = 0; after is not null; pages++)
        {
            Assert.True(pages <= bad, "The errors' pages do not end.");
            using var page = await admin.Http.GetAsync($"{Runs}/{id}/errors?limit=2&after={after}", Ends);
            var json = await JsonAsync(page);
            var errors = json.GetProperty("errors").EnumerateArray().ToList();
            Assert.InRange(errors.Count, 0, 2);
            Assert.All(errors, error => Assert.Equal("wrong_type_field", error.GetProperty("kind").GetString()));
            dids.AddRange(errors.Select(error => error.GetProperty("did").GetString()!));
            after = json.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetInt64() : null;
        }

        Assert.Equal(it.Forum.Users.Take(bad).Select(user => user.Did).Order(StringComparer.Ordinal), dids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Serve_StartedOnAnEmptyIndex_StartsTheRunThatIsNeeded()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = it.Site.Serve([
            .. AtbbSite.Set("Backfill:OnStartup", "true"), .. it.Dids.SelectMany((did, i) => AtbbSite.Set($"Forum:Dids:{i}", did))]);
        using var admin = new AdminClient(it.Site.AdminPort);

        var run = await admin.CompletedAsync(atbb);

        Assert.Equal("full_sync", run.Type);
        await it.AssertIndexAsync(run, before: null, $"{atbb}");
    }

    [Fact]
    public async Task Serve_TerminatedWhileThePdsDoesNotAnswer_EndsWithinSecondsAndItsSuccessorGoesOn()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, ForumCase.Size, "Backfill:Concurrency=4");
        var pages = 0;
        it.Pds.Fault = request => request.IsListing && Interlocked.Increment(ref pages) > 40 ? PdsFault.Hang : null;
        // All four places of the window wait for an answer that does not come.
        var reading = it.Pds.Log.ArrivedAsync(44, request => request.IsListing, Ends);
        using var admin = new AdminClient(it.Site.AdminPort);
        await using (var first = it.Site.Serve())
        {
            await admin.ReadyAsync(first);
            await admin.MustStartAsync("full_sync", [.. it.Dids]);
            await Task.WhenAny(reading, first.Ended).WaitAsync(AtbbProcess.Patience, Ends);
            var askedAt = TimeProvider.System.GetTimestamp();
            await first.SignalAsync("TERM");
            Assert.True(await first.ExitAsync(AtbbProcess.ShutdownPatience) == 0, $"{first}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ended after {TimeProvider.System.GetElapsedTime(askedAt).TotalSeconds:F1} s"));
        }

        it.Pds.Fault = null;
        await using var last = it.Site.Serve();
        await it.AssertIndexAsync(await admin.CompletedAsync(last), before: null, $"{last}");
    }

    [Theory]
    [InlineData("silo.gateway")]
    [InlineData("silo.database")]
    public async Task Serve_TerminatedBeforeItIsUp_EndsAsAsked(string after)
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, ForumCase.Size);
        await using var atbb = it.Site.Serve();
        while (!atbb.Errors.Contains(after, StringComparison.Ordinal) && !atbb.HasEnded)
            await Task.Delay(5, Ends);
        await atbb.SignalAsync("TERM");

        Assert.True(await atbb.ExitAsync(AtbbProcess.ShutdownPatience) == 0, $"{atbb}");
        Assert.DoesNotContain("Unhandled", atbb.Errors, StringComparison.Ordinal);
    }

    static async Task<HttpStatusCode> StatusAsync(AdminClient client, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change?.Invoke(request);
        using var answer = await client.Http.SendAsync(request, Ends);
        return answer.StatusCode;
    }

    static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ends));
        return json.RootElement.Clone();
    }
}
