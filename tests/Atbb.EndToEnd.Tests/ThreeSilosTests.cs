using System.Globalization;
using System.Net;
using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>Three real silos, of which one is lost in one way or another in the middle of a run: at its end nothing is missing and nothing counted twice.</summary>
public sealed class ThreeSilosTests(ITestOutputHelper output)
{
    const int Middle = 25;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_ASiloIsKilled_TheOthersFinishIt(bool theDriver)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = await ChooseAsync(cluster, theDriver);

        var lostAt = TimeProvider.System.GetUtcNow();
        await lost.Process.KillAsync();
        cluster.GoOn();

        await cluster.CompletedAsync(id, left);
        AssertNoPageIsLost(cluster, ends: 1);
        await AssertTakenOverAsync(cluster, lostAt, "killed", lost);
    }

    [Theory]
    [InlineData(true)]
    public async Task Run_ASiloHangsAndWakesUpWhenTheOthersHaveFinished_ChangesNothing(bool theDriver)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = await ChooseAsync(cluster, theDriver);

        var lostAt = TimeProvider.System.GetUtcNow();
        await lost.Process.SignalAsync("STOP");
        cluster.GoOn();
        await cluster.CompletedAsync(id, left);
        await AssertTakenOverAsync(cluster, lostAt, "stopped", lost);
        var before = await StateAsync(cluster);
        await lost.Process.SignalAsync("CONT");
        // It learns that it is dead, and whoever keeps it learns that it is to be started again.
        Assert.NotEqual(0, await lost.Process.ExitAsync());

        Assert.Equal(before, await StateAsync(cluster));
        await cluster.CompletedAsync(id, left);
    }

    [Theory]
    [InlineData(false, WayCut.Broken)]
    [InlineData(false, WayCut.Silent)]
    public async Task Run_ASiloIsCutOffFromTheDatabase_EndsAndTheOthersFinishIt(bool theDriver, WayCut cut)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = await ChooseAsync(cluster, theDriver);

        await cluster.CutAsync(lost, cut);
        var lostAt = TimeProvider.System.GetUtcNow();
        cluster.GoOn();

        await cluster.CompletedAsync(id, left);
        await AssertTakenOverAsync(cluster, lostAt, $"cut off from the database ({cut})", lost);
        Assert.NotEqual(0, await lost.Process.ExitAsync());
        Assert.Contains(cluster.Silos, static silo => silo.Process.Errors.Contains("cluster.cut_off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AllSilosAreKilledAndOneStartsOnAnotherAddress_GoesOn()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var lost = cluster.Silos.ToArray();
        var lostAt = TimeProvider.System.GetUtcNow();
        foreach (var silo in lost)
            await silo.Process.KillAsync();
        cluster.GoOn();

        // The three are still listed as active, and nobody is left to say otherwise.
        var successor = cluster.Begin();

        await successor.ReadyAsync();
        await cluster.CompletedAsync(id, successor);
        await AssertTakenOverAsync(cluster, lostAt, "killed with all others", lost);
    }

    [Fact]
    public async Task Run_AFourthSiloComesAndTheFirstThreeGo_LosesNoPage()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);

        var fourth = cluster.Begin();
        await fourth.ReadyAsync();
        foreach (var silo in cluster.Silos.Take(3))
            await silo.EndAsync();
        cluster.GoOn();

        await cluster.CompletedAsync(id, fourth);
        AssertNoPageIsLost(cluster, ends: 3);
    }

    [Fact]
    public async Task Run_EachSiloIsStartedAgainInTurn_LosesNoPage()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);

        foreach (var silo in cluster.Silos)
        {
            Assert.Null((await RunAsync(silo, id)).FinishedAt);
            await silo.RestartAsync();
        }

        cluster.GoOn();
        await cluster.CompletedAsync(id, cluster.Silos[0]);
        AssertNoPageIsLost(cluster, ends: 3);
    }

    [Fact]
    public async Task Run_OnThreeSilos_EachReadsRepositoriesAndTogetherTheyKeepTheHostsPace()
    {
        const int PerSecond = 24;
        var window = TimeSpan.FromSeconds(5);
        await using var cluster = await SiloCluster.StartAsync(3, new SampleForumOptions { Users = 60, PostsPerUser = 3 },
            // The PDS here is the directory too, and what is asked of the directory has settings of its own.
            $"Politeness:RequestsPerSecond={PerSecond}", $"PlcPoliteness:RequestsPerSecond={PerSecond}");
        var it = cluster.Case;

        var id = await cluster.BeginRunAsync();
        using (var again = await cluster.Silos[1].Admin.StartAsync("full_sync", [.. it.Dids]))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            using var answer = JsonDocument.Parse(await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(id, answer.RootElement.GetProperty("runId").GetInt64());
        }

        await cluster.CompletedAsync(id, cluster.Silos[0]);

        Assert.Equal(3, await cluster.Diary.CountWritersAsync());
        var arrived = it.Pds.Log.Snapshot().Select(static request => request.ArrivedAt).ToList();
        var densest = arrived.Max(from => arrived.Count(at => at >= from && at < from + window));
        // A second's worth may go out together, the eight under way may have been sent before, and what all silos have under way may be noted late.
        Assert.InRange(densest, 1, (PerSecond * ((int)window.TotalSeconds + 1)) + 8 + SiloCluster.Concurrency);
    }

    // While the run's grain moves from a silo that ends to another one, there is no answer.
    static Task<RunFigures> RunAsync(SiloProcess silo, long id) => Poll.UntilAsync(
        async _ =>
        {
            try
            {
                return await silo.Admin.RunAsync(id);
            }
            catch (HttpRequestException e) when (e.StatusCode is null or HttpStatusCode.ServiceUnavailable)
            {
                return null;
            }
        },
        AtbbProcess.Patience, () => $"run {id} to be told of.\n{silo.Process}");

    // Asked to end, a silo writes the page in hand; what was on its way from the PDS is asked for again, by another.
    static void AssertNoPageIsLost(SiloCluster cluster, int ends)
    {
        var again = cluster.Case.Pds.Log.Snapshot().Where(static request => request.IsListing).CountBy(static page => (page.Did, page.Collection, page.Cursor)).Sum(static page => page.Value - 1);
        Assert.InRange(again, 0, ends * 2 * SiloCluster.Concurrency);
    }

    async Task AssertTakenOverAsync(SiloCluster cluster, DateTimeOffset lostAt, string how, params SiloProcess[] lost)
    {
        // One that held nothing is not waited for by the run.
        var dead = await Poll.UntilAsync(
            async _ => await cluster.Diary.DeathsAsync() is var deaths && deaths.Count >= lost.Length ? deaths : null, SiloCluster.TakeOver, () => $"{lost.Length} silos to count as dead.\n{cluster}");
        Assert.Equal(lost.Select(static silo => silo.Port).Order(), dead.Order());
        var begun = cluster.Case.Pds.Log.Snapshot().Where(request => request.Did is not null && request.ArrivedAt < lostAt).Select(static request => request.Did!).Distinct();
        var taken = await cluster.Diary.TakenOverAsync(lostAt, begun);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{how}: dead after {taken.Dead:F1} s; of {taken.HeldUp} repositories that were held up the first went on after {taken.First:F1} s, the last after {taken.Last:F1} s"));
        Assert.InRange(taken.Dead, 0, SiloCluster.TakeOver.TotalSeconds);
        Assert.InRange(taken.Last ?? taken.Dead, 0, SiloCluster.TakeOver.TotalSeconds);
    }

    // What a run and its repositories have come to, and when that was last written.
    static async Task<string> StateAsync(SiloCluster cluster)
    {
        await using var index = cluster.Case.Database.Open();
        var repos = await IndexReader.QueryAsync(index, "select did, version, updated_at, last_run_id, records_indexed from repos order by did");
        var runs = await IndexReader.QueryAsync(index, "select id, status, completed_at, dids_processed, records_indexed, records_failed from backfill_progress order by id");
        var errors = await IndexReader.QueryAsync(index, "select id, did, kind, attempts from backfill_errors order by id");
        var reminders = await IndexReader.QueryAsync(index, "select GrainId, ReminderName from OrleansRemindersTable order by 1");
        return string.Join('\n', repos.Concat(runs).Concat(errors).Concat(reminders).Select(static row => string.Join('|', row)));
    }

    static async Task<(SiloProcess Lost, SiloProcess Left)> ChooseAsync(SiloCluster cluster, bool theDriver)
    {
        var driver = await cluster.DriverAsync();
        var others = cluster.Silos.Where(silo => silo != driver).ToList();
        return theDriver ? (driver, others[0]) : (others[0], others[1]);
    }
}
