using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Npgsql;

namespace Atbb.EndToEnd.Tests;

/// <summary>The database goes away under a run and comes back: the run goes on by itself, and counts nothing twice.</summary>
public sealed class PostgresOutageTests
{
    // Answered while the outage is on its way: some of them are being written when it comes.
    const int OnTheWay = 8;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_EveryConnectionTerminated_GoesOnAndCompletesExactly()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, ForumCase.Size, "Backfill:Concurrency=4");
        var database = it.Database.Value[(it.Database.Value.LastIndexOf('/') + 1)..];
        await RunThroughAsync(it, "terminated", times: 3, async () =>
        {
            await using var connection = new NpgsqlConnection(
                DatabaseTarget.Parse((await PostgresServer.SharedAsync()).Url("postgres")).ConnectionString);
            await connection.OpenAsync(Ends);
            await using var terminate = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", connection);
            terminate.Parameters.AddWithValue(database);
            // Pages go on being asked for while the last outage still lasts: till the process has come back there is nothing to end.
            await Poll.UntilAsync(
                async token => (long)(await terminate.ExecuteScalarAsync(token))! > 0 ? "ended" : null, AtbbProcess.Patience, () => "a connection to end.");
        }, static () => Task.CompletedTask);
    }

    [Fact]
    public async Task Backfill_PostgresCrashesAndComesBack_GoesOnAndCompletesExactly()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var server = await PostgresServer.StartAsync(durable: true);
        await using var it = await ForumCase.CreateAsync(await IndexAddress.CreateAsync(server), ForumCase.Size, "Backfill:Concurrency=4");
        await RunThroughAsync(it, "crashed", times: 1, server.CrashAsync, server.StartAgainAsync);
    }

    [Fact]
    public async Task Backfill_InterruptedWhilePostgresIsAway_EndsAndTheSameCommandGoesOn()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var server = await PostgresServer.StartAsync(durable: true);
        await using var it = await ForumCase.CreateAsync(await IndexAddress.CreateAsync(server), ForumCase.Size, "Backfill:Concurrency=4");
        it.Pds.Latency = TimeSpan.FromMilliseconds(10);
        var comes = it.Pds.Log.AnsweredAsync(30, request => request.IsListing, Ends);
        using var held = HeldPages.After(it.Pds, 30 + OnTheWay);
        await using var interrupted = it.Site.Backfill("full_sync", it.Dids);
        await Task.WhenAny(comes, interrupted.Ended).WaitAsync(AtbbProcess.Patience, Ends);
        await server.CrashAsync();
        held.LetGo();
        await interrupted.SignalAsync("INT");

        // Before the database is back.
        Assert.True(await interrupted.ExitAsync() == 130, $"{interrupted}");
        Assert.Equal(130, interrupted.Figures().ExitCode);
        Assert.Contains("same command goes on", interrupted.Output, StringComparison.Ordinal);

        await server.StartAgainAsync();
        await using var last = it.Site.Backfill("full_sync", it.Dids);
        Assert.True(await last.ExitAsync() == 0, $"{interrupted}\n{last}");
        Assert.Equal((true, interrupted.Figures().RunId), (last.Figures().Resumed, last.Figures().RunId));
        await it.AssertIndexAsync(last.Figures(), before: null, $"{last}");
    }

    [Fact]
    public async Task Serve_TerminatedWhilePostgresIsAway_EndsAsAsked()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var server = await PostgresServer.StartAsync(durable: true);
        await using var it = await ForumCase.CreateAsync(await IndexAddress.CreateAsync(server), ForumCase.Size);
        using var admin = new AdminClient(it.Site.AdminPort);
        await using var atbb = it.Site.Serve();
        await admin.ReadyAsync(atbb);
        await server.CrashAsync();
        await atbb.SignalAsync("TERM");

        Assert.True(await atbb.ExitAsync(AtbbProcess.ShutdownPatience) == 0, $"{atbb}");
        Assert.Contains("silo.stopped_out_of_order", atbb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TerminatedInARunWhilePostgresIsSilent_EndsAsAsked()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, ForumCase.Size);
        await using var way = new PostgresProxy(it.Database.Value);
        using var site = new AtbbSite(it.Forum.Forum.Did, way.Url, it.Pds.Origin);
        using var admin = new AdminClient(site.AdminPort);
        it.Pds.Latency = TimeSpan.FromMilliseconds(40);
        var middle = it.Pds.Log.AnsweredAsync(25, static request => request.IsListing, Ends);
        await using var atbb = site.Serve();
        await admin.ReadyAsync(atbb);
        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        await Task.WhenAny(middle, atbb.Ended).WaitAsync(AtbbProcess.Patience, Ends);
        way.Swallow();
        await atbb.SignalAsync("TERM");

        Assert.True(await atbb.ExitAsync(AtbbProcess.ShutdownPatience) == 0, $"{atbb}");
    }

    static async Task RunThroughAsync(ForumCase it, string name, int times, Func<Task> goes, Func<Task> comesBack)
    {
        var random = Chance.For(name);
        it.Pds.Latency = TimeSpan.FromMilliseconds(10);
        // No page is answered for a moment that has come: those that are left have to last for the others, however long it takes.
        using var held = HeldPages.After(it.Pds, 0, PageListing.UserCollections);
        await using var atbb = it.Site.Backfill("full_sync", it.Dids);
        for (var i = 0; i < times; i++)
        {
            var page = random.Next(1, 80 / times);
            var moment = new KillMoment(page, random.Next(2) == 0);
            Chance.Say($"{name} with {moment}");
            var comes = moment.ComesAsync(it.Pds.Log, PageListing.UserCollections, Ends);
            held.LetGo(page + OnTheWay);
            await Task.WhenAny(comes, atbb.Ended).WaitAsync(AtbbProcess.Patience, Ends);
            Assert.True(comes.IsCompletedSuccessfully, $"It ended before {moment}.\n{atbb}");
            await goes();
        }

        held.LetGo();
        await comesBack();
        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        await it.AssertIndexAsync(atbb.Figures(), before: null, $"{atbb}");
    }
}
