using System.Net;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// Reference PDSes whose accounts change, move, leave and come back between runs and in the middle of one, and one of which refuses, hangs and
/// is killed: after the next run the index is what the PDSes say, or has an error row.
/// </summary>
public sealed class RealPdsChangesTests
{
    const string Full = "full_sync";

    // A host is asked slowly enough for a run to have a middle.
    static readonly string[] Slowly = AtbbSite.Set("Politeness:RequestsPerSecond", 5);

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Backfill_AccountsChangeMoveLeaveAndReturnBetweenAndDuringRuns_HoldsWhatThePdsesSayAfterTheNext(DatabaseKind kind)
    {
        var random = Chance.For(nameof(Backfill_AccountsChangeMoveLeaveAndReturnBetweenAndDuringRuns_HoldsWhatThePdsesSayAfterTheNext));
        using var database = await IndexAddress.CreateAsync(kind);
        await using var index = database.Open();
        await using var pdses = await RealPdsFixture.StartAsync(Ends);
        var forum = await RealForum.FoundAsync(pdses);
        var members = await JoinAsync(forum, 12, number => pdses.CreateAccountAsync(number % 2, $"member{number}", Ends));
        string[] dids = [.. members.Select(member => member.Did)];
        using var site = new AtbbSite(forum.Account.Did, database.Value, pdses.Plc, "Backfill:Concurrency=3", "Backfill:DeletionConfirmDelay=00:00:01");

        // Whether one of them has been read, is being read, or is still to be read when it happens is left to chance.
        random.Shuffle(members);
        var (switchedOff, takenDown, deleted, moves, movesLater) = (members[0], members[1], members[2], members[3], members[4]);
        var active = members[5..];
        var kept = (await RealTruth.ReadAsync(forum.Account, [switchedOff, takenDown], Ends)).ToHashSet();
        await using (var during = site.Backfill(Full, dids, Slowly))
        {
            await UntilAsync(during, "some to be read", async () => during.Output.Contains("has begun", StringComparison.Ordinal) && await SettledAsync(index, dids) >= 3);
            // Stands still meanwhile: the PDSes take as long for all this as the run would for the rest.
            await during.SignalAsync("STOP");
            var moved = await pdses.MoveAsync(moves, Ends);
            await switchedOff.DeactivateAsync(Ends);
            await takenDown.SetTakedownAsync(true, Ends);
            await deleted.DeleteAccountAsync(Ends);
            var settled = await SettledAsync(index, dids);
            Assert.True(settled < dids.Length && !during.HasEnded, $"All was read before anything happened.\n{during}");
            await during.SignalAsync("CONT");
            foreach (var member in active)
                await forum.EditAsync(member, random);
            await forum.EditAsync(moved, random);
            Chance.Say($"{settled} of {dids.Length} had been read when accounts had moved and left, {await SettledAsync(index, dids)} when the others had written.");
            Assert.True(await during.ExitAsync() == 0, $"{during}\n{pdses.Errors}");
            Assert.Equal("completed", during.Figures().Status);
            active = [.. active, moved];
        }

        await using (var next = site.Backfill("catch_up", []))
        {
            Assert.True(await next.ExitAsync() == 0, $"{next}\n{pdses.Errors}");
            // Of accounts that have left, what was read before they did is there, be it part of it.
            var inactive = (await IndexRows.ReadAsync(index)).Where(row => row.Did == switchedOff.Did || row.Did == takenDown.Did).ToList();
            Assert.All(inactive, row => Assert.Contains(row, kept));
            await AssertAsync(index, next, [.. await RealTruth.ReadAsync(forum.Account, [.. active, movesLater], Ends), .. inactive],
                [(switchedOff.Did, "deactivated"), (takenDown.Did, "takendown"), (deleted.Did, "deleted"), .. active.Select(member => (member.Did, "active"))]);
        }

        await switchedOff.ActivateAsync(Ends);
        await takenDown.SetTakedownAsync(false, Ends);
        active = [.. active, switchedOff, takenDown, await pdses.MoveAsync(movesLater, Ends)];
        await forum.EditAsync(active[^1], random);
        // Whatever had been read of who was gone, be it nothing: a catch-up finds them back.
        await using (var back = site.Backfill("catch_up", []))
        {
            Assert.True(await back.ExitAsync() == 0, $"{back}\n{pdses.Errors}");
            await AssertAsync(index, back, await RealTruth.ReadAsync(forum.Account, active, Ends), active.Select(member => (member.Did, "active")));
            foreach (var member in active)
                Assert.Equal(member.Pds, new Uri((await IndexReader.QueryAsync(index, $"select pds from repos where did = '{member.Did}'"))[0][0]));
        }

        foreach (var table in CollectionCatalog.All.Select(collection => collection.Table).Append("users"))
            await IndexReader.QueryAsync(index, $"delete from {table}");
        await forum.EditAsync(active[0], random);
        await using var last = site.Backfill(Full, dids);
        Assert.True(await last.ExitAsync() == 0, $"{last}\n{pdses.Errors}");
        await AssertAsync(index, last, await RealTruth.ReadAsync(forum.Account, active, Ends), active.Select(member => (member.Did, "active")));
    }

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task Backfill_ARealPdsRefusesDiesAndHangs_NamesWhatIsMissingAndHoldsItAfterTheNextRun()
    {
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        await using var index = database.Open();
        await using var pdses = await RealPdsFixture.StartAsync(Ends);
        await using var pds = await LonePds.StartAsync(pdses);
        var forum = await RealForum.FoundAsync(pdses);
        var here = await JoinAsync(forum, 2, number => pdses.CreateAccountAsync(number % 2, $"here{number}", Ends));
        var there = await JoinAsync(forum, 8, number => pdses.CreateAccountAsync(pds.Origin, $"there{number}", Ends));
        string[] theirs = [.. there.Select(member => member.Did)];
        string[] dids = [.. here.Select(member => member.Did), .. theirs];
        using var site = new AtbbSite(forum.Account.Did, database.Value, pdses.Plc,
            "Backfill:Concurrency=3", "Backfill:RetryBaseDelay=00:00:00.2", "Backfill:RetryMaxDelay=00:00:00.5", "Network:RequestTimeout=00:00:02", "Network:MaxRetries=0", "Politeness:MaxPause=00:00:00.5");

        // It asks for up to five minutes, which a test does not have: MaxPause makes little of them, and few attempts end it.
        await UseUpAsync(pds.Origin);
        await using (var refused = site.Backfill(Full, dids, [.. AtbbSite.Set("Backfill:MaxAttempts", 2), .. AtbbSite.Set("Network:RequestTimeout", "00:00:20")]))
        {
            Assert.True(await refused.ExitAsync() == 0, $"{refused}\n{pds}");
            await AssertAsync(index, refused, await RealTruth.ReadAsync(forum.Account, here, Ends), [], [.. theirs.Select(did => $"unreachable {did}")]);
        }

        // It still refuses when it is killed. Its limits begin anew with it: they are in its memory.
        await using var run = site.Backfill(Full, dids, [.. Slowly, .. AtbbSite.Set("Backfill:MaxAttempts", 1_000)]);
        await UntilAsync(run, "a refusal", async () => run.Output.Contains("has begun", StringComparison.Ordinal) && await AttemptsAsync(index, theirs) > 0);
        await pds.KillAsync();
        var attempts = await AttemptsAsync(index, theirs);
        await UntilAsync(run, "its death to be noticed", async () => await AttemptsAsync(index, theirs) > attempts);
        Assert.Equal(0, await SettledAsync(index, theirs));
        await pds.StartAgainAsync();
        await UntilAsync(run, "one of its repositories to be read", async () => await SettledAsync(index, theirs) > 0);
        await pds.SignalAsync("STOP");
        attempts = await AttemptsAsync(index, theirs);
        await UntilAsync(run, "its silence to be noticed", async () => await AttemptsAsync(index, theirs) > attempts);
        var read = await SettledAsync(index, theirs);
        await pds.SignalAsync("CONT");
        Assert.True(read < theirs.Length, "All was read before it was stopped.");

        Assert.True(await run.ExitAsync() == 0, $"{run}\n{pds}");
        await AssertAsync(index, run, await RealTruth.ReadAsync(forum.Account, [.. here, .. there], Ends), dids.Select(did => (did, "active")));
        Assert.Equal(0, await IndexReader.NumberAsync(index, "select count(*) from backfill_errors"));
    }

    /// <summary>Members that join one after another; the first needs several pages.</summary>
    static async Task<RealAccount[]> JoinAsync(RealForum forum, int count, Func<int, Task<RealAccount>> createAsync)
    {
        var members = new RealAccount[count];
        for (var number = 0; number < count; number++)
        {
            members[number] = await createAsync(number);
            await forum.JoinAsync(members[number], replies: number == 0 ? 250 : 5);
        }

        return members;
    }

    /// <summary>Asks until the PDS has had as many requests as it takes in five minutes.</summary>
    static async Task UseUpAsync(Uri pds)
    {
        using var http = new HttpClient();
        var ask = new Uri(pds, "/xrpc/com.atproto.server.describeServer");
        await Parallel.ForAsync(0, 3_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ends }, async (_, token) =>
        {
            using var answer = await http.GetAsync(ask, token);
        });
        using var last = await http.GetAsync(ask, Ends);
        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
    }

    static Task<long> SettledAsync(IndexDatabase index, IEnumerable<string> dids) => IndexReader.NumberAsync(
        index, $"select count(*) from repos where synced_at is not null and did in ({string.Join(", ", dids.Select(did => $"'{did}'"))})");

    static Task<long> AttemptsAsync(IndexDatabase index, IEnumerable<string> dids) => IndexReader.NumberAsync(
        index, $"select coalesce(sum(attempts), 0) from repos where did in ({string.Join(", ", dids.Select(did => $"'{did}'"))})");

    /// <summary>Waits for something that has to come before the run ends.</summary>
    static async Task UntilAsync(AtbbProcess atbb, string what, Func<Task<bool>> hasComeAsync)
    {
        await Poll.UntilAsync(async _ => await hasComeAsync() || atbb.HasEnded ? "" : null, AtbbProcess.Patience, () => $"{what}.\n{atbb}");
        Assert.False(atbb.HasEnded, $"The run has ended without waiting for {what}.\n{atbb}");
    }

    static async Task AssertAsync(
        IndexDatabase index, AtbbProcess atbb, IEnumerable<IndexedRow> truth, IEnumerable<(string Did, string Status)> statuses, params IEnumerable<string> errors)
    {
        var run = atbb.Figures();
        var differences = new Differences();
        differences.Compare("status", "completed", run.Status);
        differences.Compare(truth, await IndexRows.ReadAsync(index));
        await IndexCheck.CompareReferencesAsync(index, differences);
        await RealTruth.CompareStatusesAsync(index, differences, statuses);
        var found = await IndexReader.QueryAsync(index, $"select kind, case when uri = '' then did else uri end, error_message from backfill_errors where backfill_id = {run.RunId}");
        foreach (var missing in errors.Except(found.Select(error => $"{error[0]} {error[1]}")))
            differences.Add($"backfill_errors: missing: {missing}");
        foreach (var error in found.Where(error => !errors.Contains($"{error[0]} {error[1]}")))
            differences.Add($"backfill_errors: too many: {string.Join(' ', error)}");
        differences.AssertNone($"ATBB_TEST_SEED={Chance.Seed}\n{atbb}");
    }
}
