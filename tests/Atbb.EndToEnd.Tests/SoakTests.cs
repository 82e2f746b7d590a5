using System.Diagnostics;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Soak;
using Atbb.Indexing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// Everything at once, at random: servers that fail in every way, people who write, move and leave under way, the process killed, its
/// database struck. Small by default; <see cref="SoakSize.FromEnvironment"/> makes it long.
/// </summary>
public sealed class SoakTests
{
    const int FixedSeed = 20261123;

    public static TheoryData<DatabaseKind, string> Cases() => new()
    {
        { DatabaseKind.Sqlite, "fixed" },
        { DatabaseKind.PostgreSql, "fresh" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Backfill_ThroughStorms_EndsWithTheIndexEqualToTheRepositories(DatabaseKind kind, string seed)
    {
        Assert.SkipWhen(SoakClock.MayBeSkipped, "libfaketime is not installed.");
        var random = seed == "fixed" ? Chance.For($"soak {kind}", FixedSeed) : Chance.For($"soak {kind}");
        var size = SoakSize.FromEnvironment();
        var figures = new SoakFigures();
        using var database = await IndexAddress.CreateAsync(kind);
        await using var world = await SoakWorld.CreateAsync(random, size, figures);
        using var clock = new SoakClock();
        using var site = new AtbbSite(world.ForumDid, database.Value, world.Hosts[0].Origin,
            "Backfill:RetryBaseDelay=00:00:00.1", "Backfill:RetryMaxDelay=00:00:00.5", "Backfill:MaxAttempts=5", "Backfill:DeletionConfirmDelay=00:00:00.2",
            "Backfill:CheckpointInterval=00:00:00.1", "Network:RetryDelay=00:00:00.05", "Network:MaxRetries=1", "Network:RequestTimeout=00:00:01",
            $"Discovery:Relays={world.Relay.Origin}", "Discovery:PageSize=20",
            "Politeness:DefaultPause=00:00:00.2", "Politeness:MaxPause=00:00:01", "PlcPoliteness:DefaultPause=00:00:00.2", "PlcPoliteness:MaxPause=00:00:01")
        {
            Environment = clock.Environment,
        };

        var started = Stopwatch.GetTimestamp();
        var round = 0;
        while (round < size.Rounds || Stopwatch.GetElapsedTime(started) < size.Duration)
        {
            round++;
            figures.Count("rounds");
            var context = $"soak of {size.Repos} on {kind}, round {round}, seed {(seed == "fixed" ? FixedSeed : Chance.Seed)} ({seed})";
            var type = round == 1 || world.Next(2) == 0 ? "full_sync" : "catch_up";
            var check = new SoakCheck(world, database, context);
            if (round > 1)
                await SoakWipe.WipeAsync(world, database, figures);
            // One way and the other, in turn.
            check.CheckCounts(await new SoakStorm(world, size, site, clock, database, figures, context, byHand: round % 4 == 0).RunAsync(type, served: round % 2 == 0));

            // The weather clears: what is left over is read, and nothing more.
            var before = await check.RowsAsync();
            var calm = await CalmAsync();
            check.CheckRun(calm, before, await check.RowsAsync(), figures);
            await check.AssertIndexAsync();
            check.AssertNone();
        }

        var last = new SoakCheck(world, database, $"seed {(seed == "fixed" ? FixedSeed : Chance.Seed)} ({seed})");
        last.CheckNothingLeft(await CalmAsync());
        last.AssertNone();
        Chance.Say($"{kind}, {size.Repos} repositories and the forum's, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, 0 differences:\n{figures}");
        Assert.True(figures.Of("struck: process killed") > 0, $"Nothing was struck.\n{figures}");

        async Task<RunFigures> CalmAsync()
        {
            await using var atbb = site.Backfill("full_sync", world.Dids);
            Assert.True(await atbb.ExitAsync(TimeSpan.FromMinutes(5)) == 0, $"{atbb}");
            return atbb.Figures();
        }
    }
}
