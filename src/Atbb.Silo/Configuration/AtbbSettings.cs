using Atbb.AtProto;
using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;
using Atbb.Grains;
using Atbb.Indexing;

namespace Atbb.Silo.Configuration;

/// <summary>Everything that can be set, under <c>Atbb</c>.</summary>
sealed class AtbbSettings
{
    /// <summary>Which forum.</summary>
    public ForumOptions Forum { get; set; } = new();

    /// <summary>
    /// The database: a <c>postgresql://</c> URL, an Npgsql connection string, or the path of a SQLite file. Default: <c>atbb.db</c> in
    /// <see cref="DataFolder"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>Where the embedded database stands when no other is named. Default <c>data</c>, below the folder the process runs in.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>Origin of the directory that knows did:plc. Default https://plc.directory.</summary>
    public Uri PlcDirectory { get; set; } = new AtProtoOptions().PlcDirectory;

    /// <summary>DID documents kept in memory.</summary>
    public int DidCacheSize { get; set; } = new AtProtoOptions().DidCacheSize;

    /// <summary>What a request may cost, and where it may go.</summary>
    public NetworkOptions Network { get; set; } = new();

    /// <summary>How much is asked of one PDS.</summary>
    public PolitenessOptions Politeness { get; set; } = new();

    /// <summary>How much is asked of the PLC directory.</summary>
    public PolitenessOptions PlcPoliteness { get; set; } = new AtProtoOptions().PlcPoliteness;

    /// <summary>How a backfill goes about its work.</summary>
    public BackfillOptions Backfill { get; set; } = new();

    /// <summary>How a full sync finds repositories that nobody has named.</summary>
    public DiscoveryOptions Discovery { get; set; } = new();

    /// <summary>How records are taken in.</summary>
    public IndexingOptions Indexing { get; set; } = new();

    /// <summary>The admin HTTP and the dashboard.</summary>
    public AdminSettings Admin { get; set; } = new();

    /// <summary>The silo's place in its cluster.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>What <see cref="AtProtoRegistration.AddAtProtoClient"/> takes.</summary>
    public void CopyTo(AtProtoOptions options)
    {
        options.PlcDirectory = PlcDirectory;
        options.DidCacheSize = DidCacheSize;
        options.Network = Network;
        options.Politeness = Politeness;
        options.PlcPoliteness = PlcPoliteness;
        // Half of the window, as the default is of the default.
        options.HostsOnTrial = Math.Max(1, Backfill.Concurrency / 2);
    }
}
