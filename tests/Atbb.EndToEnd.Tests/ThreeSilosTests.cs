using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>Three real silos, of which one is lost in one way or another in the middle of a run: at its end nothing is missing and nothing counted twice.</summary>
public sealed class ThreeSilosTests
{
    const int Middle = 40;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_ASiloIsKilled_TheOthersFinishIt(bool theDriver)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = Choose(cluster, theDriver);

        await lost.Process.KillAsync();

        await cluster.CompletedAsync(id, left);
    }

    [Theory]
    [InlineData(true)]
    public async Task Run_ASiloHangsAndWakesUpWhenTheOthersHaveFinished_ChangesNothing(bool theDriver)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = Choose(cluster, theDriver);

        await lost.Process.SignalAsync("STOP");
        await cluster.CompletedAsync(id, left);
        var before = await StateAsync(cluster);
        await lost.Process.SignalAsync("CONT");
        // It learns that it is dead, and whoever keeps it learns that it is to be started again.
        Assert.NotEqual(0, await lost.Process.ExitAsync());

        Assert.Equal(before, await StateAsync(cluster));
        await cluster.CompletedAsync(id, left);
    }

    [Theory]
    [InlineData(false)]
    public async Task Run_ASiloIsCutOffFromTheDatabase_EndsAndTheOthersFinishIt(bool theDriver)
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        var (lost, left) = Choose(cluster, theDriver);

        await cluster.CutAsync(lost);

        await cluster.CompletedAsync(id, left);
        Assert.NotEqual(0, await lost.Process.ExitAsync());
        Assert.Contains(cluster.Silos, static silo => silo.Process.Errors.Contains("cluster.cut_off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AllSilosAreKilledAndOneStartsOnAnotherAddress_GoesOn()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);
        foreach (var silo in cluster.Silos)
            await silo.Process.KillAsync();

        // The three are still listed as active, and nobody is left to say otherwise.
        var successor = cluster.Begin();

        await successor.ReadyAsync();
        await cluster.CompletedAsync(id, successor);
    }

    [Fact]
    public async Task Run_AFourthSiloComesAndTheFirstThreeGo_LosesNoPage()
    {
        await using var cluster = await SiloCluster.StartAsync(3, ForumCase.Size);
        var id = await cluster.RunIntoTheMiddleAsync(Middle);

        var fourth = cluster.Begin();
        await fourth.ReadyAsync();
        foreach (var silo in cluster.Silos.Take(3))
        {
            await silo.Process.SignalAsync("TERM");
            Assert.Equal(0, await silo.Process.ExitAsync());
        }

        await cluster.CompletedAsync(id, fourth);
        // Asked to end, a silo writes the page in hand; what was on its way from the PDS is asked for again, by another.
        var again = cluster.Case.Pds.Log.Snapshot().Where(static request => request.IsListing).CountBy(static page => (page.Did, page.Collection, page.Cursor)).Sum(static page => page.Value - 1);
        Assert.InRange(again, 0, 3 * 2 * SiloCluster.Concurrency);
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
        await using var index = it.Database.Open();
        await IndexReader.QueryAsync(index, """
            create table writers (name text primary key);
            create function note_writer() returns trigger language plpgsql as $$
            begin
                insert into writers values (current_setting('application_name')) on conflict do nothing;
                return null;
            end $$;
            create trigger note_writer after insert or update on repos for each statement execute function note_writer();
            """);

        var id = await cluster.Silos[0].Admin.MustStartAsync("full_sync", [.. it.Dids]);
        await cluster.CompletedAsync(id, cluster.Silos[0]);

        Assert.Equal(3, await IndexReader.NumberAsync(index, "select count(*) from writers"));
        var arrived = it.Pds.Log.Snapshot().Select(static request => request.ArrivedAt).ToList();
        var densest = arrived.Max(from => arrived.Count(at => at >= from && at < from + window));
        // A second's worth may go out together, and the eight under way may have been sent before.
        Assert.InRange(densest, 1, (PerSecond * ((int)window.TotalSeconds + 1)) + 8);
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

    static (SiloProcess Lost, SiloProcess Left) Choose(SiloCluster cluster, bool theDriver)
    {
        var driver = cluster.Driver;
        var others = cluster.Silos.Where(silo => silo != driver).ToList();
        return theDriver ? (driver, others[0]) : (others[0], others[1]);
    }
}
