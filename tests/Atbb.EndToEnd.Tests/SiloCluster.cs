using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>Silos, each a process, that are one service on one PostgreSQL; each has a way to the database of its own, which can be cut.</summary>
sealed class SiloCluster : IAsyncDisposable
{
    /// <summary>What the silos are told: until one that is lost counts as dead.</summary>
    public static readonly TimeSpan DetectionTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// By then what a lost silo held is read on elsewhere, on a busy machine too: detection, which may be held up by others' probes and votes, and once the reminder,
    /// a minute apart, should nobody else look after the run.
    /// </summary>
    public static readonly TimeSpan TakeOver = (3 * DetectionTime) + TimeSpan.FromMinutes(1);

    /// <summary>Repositories at once, over all silos.</summary>
    public const int Concurrency = 12;

    // What is held while silos come and go is not to be asked for again.
    const string HeldFor = "Network:RequestTimeout=00:02:00";

    readonly ForumCase it;
    readonly string[] settings;
    readonly List<SiloProcess> silos = [];
    readonly Dictionary<SiloProcess, PostgresProxy> ways = [];
    HeldPages? held;
    ClusterDiary? diary;

    SiloCluster(ForumCase it, string[] settings) => (this.it, this.settings) = (it, settings);

    public ForumCase Case => it;

    public IReadOnlyList<SiloProcess> Silos => silos;

    /// <summary>What has happened since a run was begun.</summary>
    public ClusterDiary Diary => diary ?? throw new InvalidOperationException("Nobody has begun a run yet.");

    /// <summary>Starts silos, and waits until they are one cluster.</summary>
    public static async Task<SiloCluster> StartAsync(int silos, SampleForumOptions size, params string[] settings)
    {
        var cluster = new SiloCluster(await ForumCase.CreateAsync(DatabaseKind.PostgreSql, size), [$"Cluster:DetectionTime={DetectionTime}", $"Backfill:Concurrency={Concurrency}", HeldFor, .. settings]);
        try
        {
            for (var i = 0; i < silos; i++)
                cluster.Begin();
            foreach (var silo in cluster.silos)
                await silo.ReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more, and does not wait for it.</summary>
    public SiloProcess Begin()
    {
        var way = new PostgresProxy(it.Database.Value);
        var silo = new SiloProcess(new AtbbSite(it.Forum.Forum.Did, way.Url, it.Pds.Origin, settings));
        silos.Add(silo);
        ways.Add(silo, way);
        return silo;
    }

    /// <summary>Starts a run, and has all that is written in it noted.</summary>
    public async Task<long> BeginRunAsync()
    {
        diary = await ClusterDiary.BeginAsync(it.Database);
        return await silos[0].Admin.MustStartAsync("full_sync", [.. it.Dids]);
    }

    /// <summary>
    /// Starts a run, and waits until so many pages of it have been answered and every repository under way waits for its next one. There they stay until <see cref="GoOn"/>, so
    /// that whoever is lost now holds something, however long the machine takes to lose it.
    /// </summary>
    public async Task<long> RunIntoTheMiddleAsync(int pages)
    {
        held = HeldPages.After(it.Pds, pages);
        var all = it.Pds.Log.ArrivedAsync(pages + Concurrency, static request => request.IsListing, TestContext.Current.CancellationToken);
        var id = await BeginRunAsync();
        await all.WaitAsync(AtbbProcess.Patience, TestContext.Current.CancellationToken);
        return id;
    }

    /// <summary>The silo that drives the run, of those that were there when it began. What it has written of it may be on its way yet.</summary>
    public Task<SiloProcess> DriverAsync() => Poll.UntilAsync(
        _ => Task.FromResult(silos.Where(static silo => silo.Drives).ToList() is [var driver] ? driver : null), AtbbProcess.Patience, () => $"one silo to say that it drives the run.\n{this}");

    /// <summary>Lets the PDS answer again.</summary>
    public void GoOn() => held!.LetGo();

    /// <summary>From now on that silo does not reach the database.</summary>
    public async Task CutAsync(SiloProcess silo, WayCut cut)
    {
        switch (cut)
        {
            case WayCut.Broken:
                ways.Remove(silo, out var way);
                await way!.DisposeAsync();
                break;
            case WayCut.Silent:
                ways[silo].Swallow();
                break;
        }
    }

    /// <summary>Waits for the run's end at a silo that is well, and holds the index against the repositories, row by row, and the run's counters.</summary>
    public async Task CompletedAsync(long id, SiloProcess at)
    {
        var run = await at.Admin.CompletedAsync(at.Process, TakeOver + AtbbProcess.Patience);
        Assert.Equal(id, run.RunId);
        await it.AssertIndexAsync(run, before: null, ToString());
    }

    public override string ToString() => string.Join("\n\n", silos.Select(silo => silo.Process));

    public async ValueTask DisposeAsync()
    {
        held?.Dispose();
        foreach (var silo in silos)
            await silo.DisposeAsync();
        foreach (var way in ways.Values)
            await way.DisposeAsync();
        await it.DisposeAsync();
    }
}
