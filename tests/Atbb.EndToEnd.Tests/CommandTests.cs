using System.Net;
using System.Net.Sockets;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>What the commands refuse, and how they say it.</summary>
public sealed class CommandTests
{
    static readonly SampleForumOptions Small = new() { Users = 5, PostsPerUser = 5 };

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_SqliteFileInUse_IsRefusedAndTheFirstGoesOn()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        using var elsewhere = new AtbbSite(it.Forum.Forum.Did, it.Database.Value, it.Pds.Origin);
        var released = new TaskCompletionSource();
        it.Pds.Fault = request => request.IsListing ? PdsFault.HeldUntil(released.Task) : null;
        var reading = it.Pds.Log.ArrivedAsync(1, request => request.IsListing, Ends);

        await using var first = it.Site.Backfill("full_sync", it.Dids);
        await Task.WhenAny(reading, first.Ended).WaitAsync(AtbbProcess.Patience, Ends);
        await using var second = elsewhere.Backfill("full_sync", it.Dids);
        var refused = await second.ExitAsync();
        released.SetResult();

        Assert.True(refused == 3, $"{second}");
        Assert.Contains("is in use by another atbb process", second.Errors, StringComparison.Ordinal);
        Assert.Contains(it.Database.Value, second.Errors, StringComparison.Ordinal);
        Assert.True(await first.ExitAsync() == 0, $"{first}");
        await it.AssertIndexAsync(first.Figures(), before: null, $"{first}");
        Assert.True(first.Figures().WallSeconds > 0, $"{first}");
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("backfill")]
    public async Task AnyCommand_BadConfiguration_NamesEveryFaultAtOnce(string command)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bad-");
        await using var atbb = AtbbProcess.Start(
            folder.FullName,
            [command, "--database", "mysql://x/y", .. AtbbSite.Set("Backfill:MaxAttempts", 0), .. AtbbSite.Set("Backfil:Concurrency", 3)],
            new Dictionary<string, string?> { ["BACKFILL_CONCURRENCY"] = "none", ["Atbb__Network__RequestTimeout"] = "soon" });
        var code = await atbb.ExitAsync();
        folder.Delete(recursive: true);

        Assert.True(code == 2, $"{atbb}");
        foreach (var key in new[] { "Atbb:Forum:Did (FORUM_DID)", "Atbb:Database (DATABASE_URL)", "Atbb:Backfill:MaxAttempts", "Atbb:Backfil", "BACKFILL_CONCURRENCY", "Atbb:Network:RequestTimeout" })
            Assert.Contains(key, atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", atbb.Errors, StringComparison.Ordinal);
    }

    /// <summary>One setting in every place where it may stand: the fault says which of them was read.</summary>
    [Theory]
    [InlineData("file")]
    [InlineData("file", "name")]
    [InlineData("file", "name", "variable")]
    [InlineData("file", "name", "variable", "line")]
    public async Task Settings_InSeveralPlaces_TheLaterOneCounts(params string[] places)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-settings-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), """{"Atbb":{"Backfill":{"Concurrency":"file"}}}""", Ends);
        var variables = new Dictionary<string, string?>();
        if (places.Contains("name"))
            variables["BACKFILL_CONCURRENCY"] = "name";
        if (places.Contains("variable"))
            variables["Atbb__Backfill__Concurrency"] = "variable";
        await using var atbb = AtbbProcess.Start(
            folder.FullName, ["serve", .. places.Contains("line") ? AtbbSite.Set("Backfill:Concurrency", "line") : []], variables);
        var code = await atbb.ExitAsync();
        folder.Delete(recursive: true);

        Assert.True(code == 2, $"{atbb}");
        Assert.Contains($"'{places[^1]}' is not a whole number", atbb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backfill_DidsFileWithFaults_NamesTheLines()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = it.Site.Backfill(null, ["# members", it.Dids.First(), "alice.example.com", "", "did:"]);

        Assert.True(await atbb.ExitAsync() == 2, $"{atbb}");
        Assert.Contains("line 3: 'alice.example.com'", atbb.Errors, StringComparison.Ordinal);
        Assert.Contains("line 5: 'did:'", atbb.Errors, StringComparison.Ordinal);
        Assert.Empty(it.Pds.Log.Snapshot());
    }

    [Fact]
    public async Task Backfill_CatchUpOfAnUnchangedForum_AsksForNoPage()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await it.FillAsync();
        var before = ForumSnapshot.Of(it.Forum);
        it.Pds.Log.Clear();

        await using var atbb = it.Site.Backfill("catch_up", it.Dids);

        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        Assert.DoesNotContain(it.Pds.Log.Snapshot(), request => request.IsListing);
        await it.AssertIndexAsync(atbb.Figures(), before, $"{atbb}");
        AssertWarned(atbb);
    }

    // What every site here is allowed, and none on the open network.
    static void AssertWarned(AtbbProcess atbb)
    {
        Assert.Contains("silo.unsafe_setting: Atbb:Network:AllowPrivateAddresses", atbb.Errors, StringComparison.Ordinal);
        Assert.Contains("silo.unsafe_setting: Atbb:Politeness:RequestsPerSecond", atbb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AdminPortInUse_SaysSoInOneLine()
    {
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        using var site = new AtbbSite("did:plc:forum", database.Value, new Uri("http://127.0.0.1:9"));
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var atbb = site.Serve(AtbbSite.Set("Admin:Url", $"http://127.0.0.1:{port}"));

        Assert.True(await atbb.ExitAsync() == 3, $"{atbb}");
        Assert.Contains($"http://127.0.0.1:{port}: address already in use. End the process that listens there", atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Orleans", atbb.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cluster:SiloPort")]
    [InlineData("Cluster:GatewayPort")]
    public async Task Serve_PortOfTheSiloInUse_SaysSoInOneLine(string setting)
    {
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        using var site = new AtbbSite("did:plc:forum", database.Value, new Uri("http://127.0.0.1:9"));
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var atbb = site.Serve(AtbbSite.Set(setting, port));

        Assert.True(await atbb.ExitAsync() == 3, $"{atbb}");
        Assert.Contains($"A port of the silo is in use (Atbb:{setting}, 127.0.0.1:{port}). Choose others:", atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Orleans", atbb.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Database=d;Port=99999", "There is no port 99999")]
    [InlineData("Host=127.0.0.1;Database=d;Minimum Pool Size=9;Maximum Pool Size=1", "do not go together")]
    [InlineData("Host=127.0.0.1;Database=d;Nonsense=1", "cannot be read")]
    public async Task Serve_DatabaseThatCannotBeMeant_NamesTheSettingInOneLine(string database, string why)
    {
        using var site = new AtbbSite("did:plc:forum", database, new Uri("http://127.0.0.1:9"));
        await using var atbb = site.Serve();

        Assert.True(await atbb.ExitAsync() == 2, $"{atbb}");
        Assert.Contains("Atbb:Database (DATABASE_URL): ", atbb.Errors, StringComparison.Ordinal);
        Assert.Contains(why, atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", atbb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ClusterAddressIsAName_ListensWhereItLeads()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var serve = it.Site.Serve(AtbbSite.Set("Cluster:Address", "localhost"));
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(serve);

        Assert.Contains($"clients such as an AppView are taken at 127.0.0.1:{it.Site.GatewayPort}", serve.Errors, StringComparison.Ordinal);
        AssertWarned(serve);
    }

    [Fact]
    public async Task Backfill_Retry_ReadsAgainWhatFailedInThatRun()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        var down = it.Dids.First();
        it.Pds.Fault = request => request.Did == down && request.IsListing ? PdsFault.Error(503, "UpstreamFailure") : null;
        await using var first = it.Site.Backfill("full_sync", it.Dids, AtbbSite.Set("Backfill:MaxAttempts", 1));
        Assert.True(await first.ExitAsync() == 0, $"{first}");
        it.Pds.Fault = null;
        it.Pds.Log.Clear();

        await using var retry = it.Site.Retry(first.Figures().RunId);

        Assert.True(await retry.ExitAsync() == 0, $"{retry}");
        Assert.Equal(("retry", 1, 0), (retry.Figures().Type, retry.Figures().DidsDone, retry.Figures().RecordsFailed));
        Assert.Equal([down], it.Pds.Log.Snapshot().Where(request => request.IsListing).Select(request => request.Did).Distinct());
        await using var again = it.Site.Retry(first.Figures().RunId);
        Assert.True(await again.ExitAsync() == 0, $"{again}");
        await using var none = it.Site.Retry(99);
        Assert.True(await none.ExitAsync() == 2, $"{none}");
        await using var both = it.Site.Retry(1, "--type", "catch_up");
        Assert.True(await both.ExitAsync() == 2, $"{both}");
        Assert.Contains("--retry: is for what failed in a run, and does not go with --type.", both.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backfill_WhileAnotherRunIsUnfinished_SaysSoAndLosesNoDid()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        var (early, late) = (it.Dids.Order(StringComparer.Ordinal).First(), it.Dids.Order(StringComparer.Ordinal).Last());
        var released = new TaskCompletionSource();
        it.Pds.Fault = request => request.IsListing ? PdsFault.HeldUntil(released.Task) : null;
        var reading = it.Pds.Log.ArrivedAsync(1, request => request.IsListing, TestContext.Current.CancellationToken);
        await using var killed = it.Site.Backfill("full_sync", [early]);
        await reading.WaitAsync(AtbbProcess.Patience, TestContext.Current.CancellationToken);
        await killed.KillAsync();
        it.Pds.Fault = null;
        released.SetResult();

        await using var other = it.Site.Backfill("catch_up", []);
        Assert.True(await other.ExitAsync() == 2, $"{other}");
        Assert.Contains("Run 1 is unfinished, and there is one at a time: nothing was done. Go on with it by --type full_sync", other.Output + other.Errors, StringComparison.Ordinal);
        await using var retry = it.Site.Retry(99);
        Assert.True(await retry.ExitAsync() == 2, $"{retry}");

        await using var same = it.Site.Backfill("full_sync", [late]);
        Assert.True(await same.ExitAsync() == 0, $"{same}");
        Assert.Contains("1 of the DIDs listed were not known and are noted", same.Output, StringComparison.Ordinal);
        Assert.Contains(it.Pds.Log.Snapshot(), request => request.IsListing && request.Did == late);
    }

    [Fact]
    public async Task Serve_WithoutTokenOnAnotherAddressThanLoopback_IsRefused()
    {
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        using var site = new AtbbSite("did:plc:forum", database.Value, new Uri("http://127.0.0.1:9"));
        // The later setting counts. Were it taken, the test would fail with a service that does not end.
        await using var atbb = site.Serve(AtbbSite.Set("Admin:Url", $"http://0.0.0.0:{site.AdminPort}"));

        Assert.True(await atbb.ExitAsync() == 2, $"{atbb}");
        Assert.Contains("Atbb:Admin:Token", atbb.Errors, StringComparison.Ordinal);
    }
}
