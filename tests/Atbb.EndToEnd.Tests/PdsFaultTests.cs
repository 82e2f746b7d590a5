using System.Collections.Concurrent;
using System.Globalization;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>A PDS and a directory that fail in every way they can, now and then: the run takes longer, and comes to the same.</summary>
public sealed class PdsFaultTests
{
    // Of a hundred requests. The rest is answered.
    static readonly (int Share, PdsFault Fault)[] Faults =
    [
        (2, PdsFault.Html(502)),
        (1, PdsFault.Error(500, "InternalServerError", "Internal Server Error")),
        (2, PdsFault.Drop),
        (2, PdsFault.DropHalfway),
        (2, PdsFault.CutShort),
        (2, PdsFault.Garbage),
        (1, PdsFault.TooManyRequests(TimeSpan.FromSeconds(1))),
        (1, PdsFault.TooManyRequests()),
        (3, PdsFault.Late(TimeSpan.FromMilliseconds(300))),
        (2, PdsFault.Drip(4_000, TimeSpan.FromMilliseconds(5))),
    ];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Backfill_FaultsAtRandom_CompletesExactly(DatabaseKind kind)
    {
        var random = Chance.For($"faults {kind}");
        await using var it = await ForumCase.CreateAsync(kind, ForumCase.Size with { Seed = random.Next() },
            "Backfill:RetryBaseDelay=00:00:00.1", "Backfill:RetryMaxDelay=00:00:01", "Network:RetryDelay=00:00:00.05", "Politeness:DefaultPause=00:00:00.2",
            "PlcPoliteness:DefaultPause=00:00:00.2");
        var gate = new Lock();
        var made = 0;
        it.Pds.Fault = _ =>
        {
            lock (gate)
            {
                var chance = random.Next(100);
                foreach (var (share, fault) in Faults)
                {
                    chance -= share;
                    if (chance < 0)
                    {
                        made++;
                        return fault;
                    }
                }

                return null;
            }
        };

        await using (var full = it.Site.Backfill("full_sync", it.Dids))
        {
            Assert.True(await full.ExitAsync() == 0, $"{full}");
            await it.AssertIndexAsync(full.Figures(), before: null, $"after {made} faults, ATBB_TEST_SEED={Chance.Seed}\n{full}");
        }

        var before = ForumSnapshot.Of(it.Forum);
        ForumEdits.Make(it.Forum, new Random(Chance.Seed));
        await using var catchUp = it.Site.Backfill("catch_up", it.Dids);
        Assert.True(await catchUp.ExitAsync() == 0, $"{catchUp}");
        await it.AssertIndexAsync(catchUp.Figures(), before, $"after {made} faults, ATBB_TEST_SEED={Chance.Seed}\n{catchUp}");
        Assert.True(made > 10, $"There were {made} faults only.");
        Chance.Say($"{made} faults");
    }

    /// <summary>What a host is spared and how often it was asked outlive the process.</summary>
    [Fact]
    public async Task Backfill_KilledWhileARepositoryIsParked_KeepsItsTimeAndItsAttempts()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, ForumCase.Size with { Users = 3, ExtraPostsOfFirstUser = 0 },
            "Backfill:RetryBaseDelay=00:00:24", "Backfill:RetryMaxDelay=00:00:24", "Backfill:MaxAttempts=2", "Network:MaxRetries=0");
        await using var index = it.Database.Open();
        var parked = it.Forum.Users[0].Did;
        var asked = new ConcurrentQueue<DateTimeOffset>();
        it.Pds.Fault = request =>
        {
            if (request.Did != parked || !request.IsListing)
                return null;
            asked.Enqueue(TimeProvider.System.GetUtcNow());
            return PdsFault.Error(500, "InternalServerError", "Internal Server Error");
        };

        await using (var killed = it.Site.Backfill("full_sync", it.Dids))
        {
            await Poll.UntilAsync(
                async _ => asked.IsEmpty || await IndexReader.NumberAsync(index, $"select count(*) from repos where did = '{parked}' and attempts = 1") == 0 ? null : "parked",
                AtbbProcess.Patience,
                () => $"the repository to be parked\n{killed}");
            await killed.KillAsync();
        }

        var until = DateTimeOffset.Parse((await IndexReader.QueryAsync(index, $"select retry_after from repos where did = '{parked}'"))[0][0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        await using var next = it.Site.Backfill("full_sync", it.Dids);
        Assert.True(await next.ExitAsync() == 0, $"{next}");

        // Asked once more and not before its time, and given up for having failed twice: the first time had been another process's.
        Assert.Equal(2, asked.Count);
        Assert.True(asked.Last() >= until, $"Asked at {asked.Last():O}, and not to be before {until:O}.\n{next}");
        Assert.Equal(["unreachable"], (await IndexReader.QueryAsync(index, $"select kind from backfill_errors where did = '{parked}'")).Select(row => row[0]));
    }
}
