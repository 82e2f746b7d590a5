using Atbb.Grains.Cluster;
using Atbb.Grains.Discovery;
using Atbb.Grains.Indexing;
using Atbb.Grains.Repos;
using Atbb.Grains.Runs;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Serialization;

namespace Atbb.Grains;

/// <summary>Brings the grains into a silo.</summary>
public static class GrainsRegistration
{
    /// <summary>Adds what the backfill's grains need besides the index and the protocol client.</summary>
    public static ISiloBuilder AddBackfillGrains(this ISiloBuilder silo)
    {
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<RunMetrics>();
        silo.Services.AddSingleton<RepoMetrics>();
        silo.Services.AddSingleton<DatabaseMetrics>();
        silo.Services.AddSingleton<DatabaseOutage>();
        silo.Services.AddSingleton<DatabasePatience>();
        silo.Services.AddSingleton<HostHeads>();
        silo.Services.AddSingleton<LeftOut>();
        silo.Services.AddSingleton<IndexBoundary>();
        silo.Services.AddSingleton(static services => services.GetRequiredService<IGrainFactory>().GetGrain<IIndexerGrain>(0));
        silo.Services.AddSingleton<RelayReader>();
        silo.Services.AddSingleton<IGrainDirectoryResolver, NoDirectory>();

        silo.Services.AddIndexMessages();

        // A repository's grain goes when it has been read, and Orleans remembers where it was: of a million, in hundreds of megabytes. Enough for many times
        // the window; whoever is called again after that is looked up once more.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 4_096);

        // A cancelled call is over when the repository has ended its page, not when it has been told to.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.WaitForCancellationAcknowledgement = true);
        return silo;
    }

    /// <summary>Lets the silos of a cluster tell and ask each other what none of their grains is there for: <see cref="SiloPeers"/>.</summary>
    public static ISiloBuilder AddSiloPeers(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<SiloPeers>();
        return silo.AddGrainService<SiloPeer>();
    }

    /// <summary>Keeps the run's state and its reminder in the index's database.</summary>
    public static ISiloBuilder AddBackfillStorage(this ISiloBuilder silo)
    {
        // Readable, free of type names, and whole: the default serializer writes the former and leaves out what has a default value.
        silo.UseSystemTextJsonGrainStorageSerializer();
        silo.Services.Configure<SystemTextJsonGrainStorageSerializerOptions>(options =>
            options.JsonSerializerOptions.TypeInfoResolver = StateJson.Default);
        return silo
            .AddAdoNetGrainStorageAsDefault((OptionsBuilder<AdoNetGrainStorageOptions> storage) => storage.Configure<IndexDatabase>((options, index) =>
                (options.Invariant, options.DataSource) = (index.OrleansInvariant, index.Orleans)))
            .UseAdoNetReminderService((OptionsBuilder<AdoNetReminderTableOptions> reminders) => reminders.Configure<IndexDatabase>((options, index) =>
                (options.Invariant, options.DataSource) = (index.OrleansInvariant, index.Orleans)));
    }

    /// <summary>
    /// Lets the index's own types travel. They know nothing of Orleans, and are handed over within a silo without a copy; should a batch
    /// have to go to another one, it goes as JSON.
    /// </summary>
    internal static IServiceCollection AddIndexMessages(this IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddJsonSerializer(type => type.Assembly == typeof(RecordBatch).Assembly));
}
