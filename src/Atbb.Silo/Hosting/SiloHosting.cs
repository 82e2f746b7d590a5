using System.Net;
using System.Net.Sockets;
using Atbb.AtProto;
using Atbb.Grains;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Atbb.Silo.Hosting;

/// <summary>Puts the silo together.</summary>
static class SiloHosting
{
    /// <summary>Adds the silo with all that its grains need.</summary>
    public static void AddAtbbSilo(this IHostApplicationBuilder builder, AtbbSettings settings, Action<ISiloBuilder>? more = null)
    {
        var target = DatabaseTarget.Parse(SettingsCheck.DatabaseOf(settings));
        builder.Services.AddSingleton(settings);
        builder.Services.AddAtbbOptions(settings);
        builder.Services.AddSingleton(TimeProvider.System);
#pragma warning disable RS0030 // The one place where chance is really chance, and safe for all threads; everything else has it injected.
        builder.Services.AddSingleton(Random.Shared);
#pragma warning restore RS0030
        builder.Services.AddAtProtoClient(settings.CopyTo);
        builder.Services.AddIndexing(target, options => Copy(settings.Indexing, options));
        builder.Services.AddHostedService<SiloPortsCheck>();
        // Before the silo: its providers read their queries from tables that the migrations make.
        builder.Services.AddHostedService<DatabasePreparation>();
        builder.Services.AddHostedService<ProtocolPreparation>();
        builder.UseOrleans(silo =>
        {
            // Where the clock is set back by more than this, Orleans makes no grain any more until it has caught up: 15 minutes, were they the default's. A repository's
            // grain goes by itself when nothing is left to do; those of a run that was broken off stay that long, which are no more than wait and are read at once.
            silo.Configure<GrainCollectionOptions>(static options => options.CollectionAge = TimeSpan.FromDays(7));
            silo.AddAtbbCluster(target.Kind, settings.Cluster).AddBackfillStorage().AddBackfillGrains().AddSiloPeers();
            more?.Invoke(silo);
        });
        if (target.Kind is DatabaseKind.PostgreSql)
            builder.Services.AddSiloOfCluster();
    }

    // After the silo: without one there is nobody to share with.
    static void AddSiloOfCluster(this IServiceCollection services)
    {
        services.AddSingleton(static provider =>
        {
            var silo = provider.GetRequiredService<ILocalSiloDetails>().SiloAddress;
            return new SiloIdentity(silo.Endpoint.Address.ToString(), silo.Endpoint.Port, silo.Generation);
        });
        // Before the silo wherever it stands: its part is done when services are about to start.
        services.AddHostedService<FormerSelf>();
        services.AddHostedService<ClusterShare>();
        services.AddHostedService<CutOffWatch>();
    }

    static void AddAtbbOptions(this IServiceCollection services, AtbbSettings settings)
    {
        services.AddSingleton(Options.Create(settings.Forum));
        services.AddSingleton(Options.Create(settings.Backfill));
        services.AddSingleton(Options.Create(settings.Discovery));
    }

    static void Copy(IndexingOptions from, IndexingOptions to)
    {
        to.PostgreSqlLanes = from.PostgreSqlLanes;
        to.BatchesBesideOthers = from.BatchesBesideOthers;
        to.RecordsPerTransaction = from.RecordsPerTransaction;
        to.BatchesPerTransaction = from.BatchesPerTransaction;
        to.BytesPerTransaction = from.BytesPerTransaction;
        to.RecordBytes = from.RecordBytes;
    }

    static ISiloBuilder AddAtbbCluster(this ISiloBuilder silo, DatabaseKind database, ClusterSettings cluster)
    {
        var (siloPort, gatewayPort) = SiloPorts.Take(cluster);
        var address = AddressOf(cluster.Address);
        if (database is DatabaseKind.Sqlite)
            silo.UseDevelopmentClustering(new IPEndPoint(address, siloPort));
        else
            silo.AddPostgresCluster(cluster);
        return silo
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Id, cluster.Id))
            .ConfigureEndpoints(address, siloPort, gatewayPort);
    }

    // The silos name one another by address: a name is looked up once, by the one that bears it. IPv4 first, since a container's name often has both and
    // only that one is reached from everywhere.
    static IPAddress AddressOf(string addressOrName) =>
        IPAddress.TryParse(addressOrName, out var address)
            ? address
            : Dns.GetHostAddresses(addressOrName).OrderBy(static found => found.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).First();

    static void AddPostgresCluster(this ISiloBuilder silo, ClusterSettings cluster) =>
        silo
            .UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> clustering) => clustering.Configure<IndexDatabase>((options, index) =>
                (options.Invariant, options.DataSource) = (index.OrleansInvariant, index.Orleans)))
            .Configure<ClusterMembershipOptions>(options =>
            {
                // A process that was killed and comes back on another port finds its former self in the table and does not start until
                // that one's sign of life is this old: 9 seconds instead of the default's 90.
                options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
                options.NumMissedTableIAmAliveLimit = 3;

                // Orleans's own values never found a hung silo within a minute: a probe may take 20 seconds there before it has failed.
                options.NumMissedProbesLimit = 3;
                options.ProbeTimeout = cluster.DetectionTime / 8;
                options.MinProbeTimeout = cluster.DetectionTime / 8;
                options.MaxProbeTimeout = cluster.DetectionTime / 4;
                // The last probe would go by way of a third silo. Where that one is busy, its answer comes late and counts for nothing: with three
                // silos and two busy cores, a hung one was still not found after two minutes. Two have to miss it themselves.
                options.EnableIndirectProbes = false;
                options.NumVotesForDeathDeclaration = 2;
                // Whoever wakes up learns from the table that it is dead, if nobody has told it.
                options.TableRefreshTimeout = cluster.DetectionTime / 2;
            });
}
