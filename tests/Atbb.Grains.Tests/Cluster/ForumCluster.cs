using System.Diagnostics.Metrics;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Silos with the real grains, a real database and a sample PDS: everything but the process.</summary>
sealed class ForumCluster : IAsyncDisposable
{
    // Longer than anything waited for on a busy machine.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly InProcessTestCluster cluster;
    readonly SamplePds? relay;

    ForumCluster(InProcessTestCluster cluster, SampleForum forum, SamplePds pds, SamplePds? relay, TestDatabase database, LogMemory log)
    {
        this.relay = relay;
        this.cluster = cluster;
        Forum = forum;
        Pds = pds;
        Database = database;
        Log = log;
    }

    public SampleForum Forum { get; }

    public SamplePds Pds { get; }

    /// <summary>The relay that lists the forum's repositories, where the cluster was started with one.</summary>
    public SamplePds Relay => relay ?? throw new InvalidOperationException("This cluster has no relay.");

    public TestDatabase Database { get; }

    public LogMemory Log { get; }

    public IBackfillGrain Backfill => BackfillOf(Forum.Forum.Did);

    public IBackfillGrain BackfillOf(string forumDid) => cluster.Client.GetGrain<IBackfillGrain>(forumDid);

    public IUserRepoGrain RepoOf(string did) => cluster.Client.GetGrain<IUserRepoGrain>(did);

    public IReadOnlyList<string> UserDids => [.. Forum.Users.Select(user => user.Did)];

    /// <summary>Starts a cluster before which a forum lies, on a PDS; with <paramref name="relayed"/>, a relay that lists it, two repositories a page; with <paramref name="by"/>, the database is reached by another way; with <paramref name="forumDid"/>, the silos are another forum's.</summary>
    public static async Task<ForumCluster> StartAsync(
        SampleForumOptions? size = null,
        DatabaseKind kind = DatabaseKind.Sqlite,
        short silos = 1,
        Action<BackfillOptions>? configure = null,
        Action<AtProtoOptions>? protocol = null,
        Func<IRepoClient, IRepoClient>? decorate = null,
        Action<DiscoveryOptions>? relayed = null,
        Uri? configuredPds = null,
        Func<TestDatabase, DatabaseTarget>? by = null,
        TimeProvider? time = null,
        string? forumDid = null)
    {
        var forum = SampleForum.Generate(size ?? new() { Users = 8, PostsPerUser = 5 });
        var pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        var relay = relayed is null ? null : await SamplePds.StartAsync(pds.Plc);
        if (relay is not null)
            relay.Relays = [pds];
        var database = await TestDatabase.CreateAsync(kind);
        var target = by?.Invoke(database) ?? database.Index.Target;
        var log = new LogMemory();

        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information);
            host.Services.AddSingleton(new Random(1));
            host.Services.AddSingleton(time ?? TimeProvider.System);
            host.Services.AddAtProtoClient(options =>
            {
                options.PlcDirectory = pds.Origin;
                options.Network.AllowPrivateAddresses = true;
                options.Network.MaxRetries = 0;
                options.Politeness.RequestsPerSecond = 0;
                protocol?.Invoke(options);
            });
            if (decorate is not null)
                Decorate(host.Services, decorate);
            host.Services.AddIndexing(target);
            host.Services.Configure<ForumOptions>(options => (options.Did, options.Pds) = (forumDid ?? forum.Forum.Did, configuredPds));
            host.Services.Configure<BackfillOptions>(options =>
            {
                options.CheckpointInterval = TimeSpan.FromMilliseconds(50);
                options.RetryBaseDelay = TimeSpan.FromMilliseconds(20);
                options.DeletionConfirmDelay = TimeSpan.FromMilliseconds(20);
                configure?.Invoke(options);
            });
        });
        if (relay is not null)
        {
            builder.ConfigureSiloHost((_, host) => host.Services.Configure<DiscoveryOptions>(options =>
            {
                options.Relays = [relay.Origin.ToString()];
                options.PageSize = 2;
                relayed!(options);
            }));
        }

        builder.ConfigureSilo((_, silo) => silo.AddBackfillStorage().AddBackfillGrains());
        // The test's client shares its assemblies with the silos and knows all their messages; an AppView's knows the contracts alone.
        builder.ConfigureClient(client => client.Services.AddIndexMessages());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new ForumCluster(cluster, forum, pds, relay, database, log);
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<RunProgress> RunAsync(RunType type)
    {
        var start = await Backfill.StartAsync(new StartRequest { Force = type, Dids = UserDids });
        Assert.Equal(StartOutcome.Started, start.Outcome);
        return await EndOfAsync(start.RunId!.Value);
    }

    /// <summary>Waits for a run's end.</summary>
    public Task<RunProgress> EndOfAsync(long runId) => UntilAsync(run => run.RunId == runId && run.IsFinished);

    /// <summary>Waits until the run's progress is as wanted.</summary>
    public async Task<RunProgress> UntilAsync(Func<RunProgress, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await foreach (var progress in Backfill.WatchAsync(deadline.Token))
                    if (wanted(progress))
                        return progress;
            }
            catch (EnumerationAbortedException)
            {
                // The silo that told of it has been killed: whoever goes on with the run is asked.
            }

            if (await Backfill.GetProgressAsync() is { } last && wanted(last))
                return last;
            await Task.Delay(20, deadline.Token);
        }
    }

    /// <summary>Waits until a repository's state is as wanted.</summary>
    public async Task<RepoReport> UntilRepoAsync(string did, Func<RepoReport, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await RepoOf(did).GetStateAsync() is var report && wanted(report))
                return report;
            await Task.Delay(20, deadline.Token);
        }
    }

    /// <summary>What the index holds that the repositories do not, and the other way round; empty when they are the same.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync()
    {
        var indexed = (await IndexRows.ReadAsync(Database.Index)).Select(row => $"{row.Did}/{row.Collection}/{row.Rkey} {row.Cid}").ToHashSet();
        var held = Forum.Repos.SelectMany(repo => repo.Collections.SelectMany(collection =>
            repo.Records(collection).Select(record => $"{repo.Did}/{collection}/{record.Rkey} {record.Cid}"))).ToHashSet();
        return [.. indexed.Except(held).Select(row => $"too much: {row}"), .. held.Except(indexed).Select(row => $"missing: {row}")];
    }

    /// <summary>Lets a reminder that is there tick now.</summary>
    public async Task TickAsync(IAddressable grain, string reminder)
    {
        var row = await Reminders.ReadRow(grain.GetGrainId(), reminder);
        Assert.NotNull(row);
        // What is unfinished is brought back within a minute.
        Assert.InRange(row.Period, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        await grain.AsReference<IRemindable>().ReceiveReminder(reminder, new TickStatus(row.StartAt, row.Period, row.StartAt));
    }

    /// <summary>Waits until a reminder is there no more.</summary>
    public async Task UntilForgottenAsync(IAddressable grain, string reminder)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (await Reminders.ReadRow(grain.GetGrainId(), reminder) is not null)
            await Task.Delay(20, deadline.Token);
    }

    /// <summary>Makes the meters of the first silo, and nobody else's.</summary>
    public IMeterFactory Meters => cluster.GetSiloServiceProvider(cluster.Silos[0].SiloAddress).GetRequiredService<IMeterFactory>();

    IReminderTable Reminders => cluster.GetSiloServiceProvider(cluster.Silos[0].SiloAddress).GetRequiredService<IReminderTable>();

    public Task DeactivateAsync(IAddressable grain) => cluster.DeactivateAsync(grain);

    /// <summary>Kills the silo that a grain is on, as a crash would.</summary>
    public async Task KillSiloOfAsync(IAddressable grain)
    {
        Assert.True(cluster.TryGetGrainContext(grain.GetGrainId(), out var context));
        await cluster.KillSiloAsync(cluster.Silos.Single(silo => silo.SiloAddress.Equals(context.Address.SiloAddress)));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        await Pds.DisposeAsync();
        if (relay is not null)
            await relay.DisposeAsync();
        await Database.DisposeAsync();
    }

    static void Decorate(IServiceCollection services, Func<IRepoClient, IRepoClient> decorate)
    {
        var inner = services.Single(service => service.ServiceType == typeof(IRepoClient));
        services.Replace(ServiceDescriptor.Singleton(provider =>
            decorate((IRepoClient)ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
    }
}
