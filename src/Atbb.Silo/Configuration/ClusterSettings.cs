namespace Atbb.Silo.Configuration;

/// <summary>The silo's place in its cluster. On SQLite there is no cluster but one process, which takes clients.</summary>
sealed class ClusterSettings
{
    /// <summary>Silos with the same id on the same database are one cluster. Default <c>atbb</c>.</summary>
    public string Id { get; set; } = "atbb";

    /// <summary>
    /// The address at which other silos and clients reach this one, and the only one it listens on; or a name that leads to it, as a container has one among
    /// the others and does not know its address. Default 127.0.0.1: everybody on one machine. Nobody asks who is there: an address of a private network,
    /// never a public one.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>
    /// The silo's port. Default 0: the first free one from 11111 up. A silo that comes back on the port it died on is back at once; on another
    /// it first waits some seconds for the dead one to be forgotten.
    /// </summary>
    public int SiloPort { get; set; }

    /// <summary>
    /// How long at most until a silo that was killed, that hangs, or that is cut off from the database or from the others counts as dead, and its work
    /// goes on elsewhere. Default 30 s. The others probe it every eighth to quarter of it, as quickly as it usually answers, and three probes must
    /// fail: less than 10 s, and a machine that is busy or paused for seconds may lose a silo that is well.
    /// </summary>
    public TimeSpan DetectionTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The port for clients, such as an AppView. Default 0: the first free one from 30000 up. Clients of a cluster find it in the database; a client of a
    /// service on SQLite has to be told, unless it is 30000.
    /// </summary>
    public int GatewayPort { get; set; }
}
