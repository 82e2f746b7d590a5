namespace Atbb.Indexing.Databases;

/// <summary>Which silo of a cluster works on a database, as Orleans's membership table names it.</summary>
/// <param name="Address">Its IP address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Generation">Which of the processes that have had this address and port.</param>
public sealed record SiloIdentity(string Address, int Port, int Generation)
{
    /// <summary>
    /// The name of its connections (<c>pg_stat_activity.application_name</c>). By it the database refuses the writes of a silo that its
    /// cluster has taken for dead: <c>refuse_dead_silo</c> in the migrations puts it together in the same way. At most 63 bytes, or it would be cut.
    /// </summary>
    public string ConnectionName => FormattableString.Invariant($"atbb {Address}:{Port}@{Generation}");
}
