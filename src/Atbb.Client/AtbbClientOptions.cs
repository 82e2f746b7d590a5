namespace Atbb.Client;

/// <summary>Which forum, and where its service is found.</summary>
public sealed class AtbbClientOptions
{
    /// <summary>The DID of the forum. No default.</summary>
    public string ForumDid { get; set; } = "";

    /// <summary>
    /// The database, as it is given to <c>atbb serve</c> (<c>DATABASE_URL</c>). In a PostgreSQL database (a <c>postgresql://</c> URL or an Npgsql connection
    /// string) the service's processes are found, however many there are and wherever they move. A SQLite file, or none, means the one process
    /// at <see cref="Gateway"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>
    /// Where one process takes clients: its <c>Atbb:Cluster:Address</c>, or a name that leads there and is looked up anew as long as the client lives, and its
    /// <c>GatewayPort</c>. Default <c>127.0.0.1:30000</c>, which is where the first one on a machine listens. Without meaning where <see cref="Database"/> is a
    /// PostgreSQL database; without that, it may be any silo of a cluster.
    /// </summary>
    public string Gateway { get; set; } = "127.0.0.1:30000";

    /// <summary>The service's <c>Atbb:Cluster:Id</c>. Default <c>atbb</c>.</summary>
    public string ClusterId { get; set; } = "atbb";

    /// <summary>
    /// How long a call is tried again while the service does not answer, and how long a watcher waits for the next sign of life, before
    /// <see cref="BackfillUnreachableException"/> tells. Default 1 minute: what a restart takes, and what a cluster needs to replace a silo that was lost.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
