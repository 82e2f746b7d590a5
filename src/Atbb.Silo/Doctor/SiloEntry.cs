using Atbb.Indexing.Databases;
using Dapper;

namespace Atbb.Silo.Doctor;

/// <summary>A silo as its cluster's table has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where others reach it.</param>
/// <param name="Status">Orleans's number for its state; 3 is active, 6 dead.</param>
/// <param name="SinceSign">How old its last sign of life is.</param>
sealed record SiloEntry(string Name, string Address, int Status, TimeSpan SinceSign)
{
    /// <summary>Those of a cluster.</summary>
    public static async Task<IReadOnlyList<SiloEntry>> ReadAsync(IndexDatabase database, string clusterId, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await database.Orleans.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Name, string Address, int Port, int Status, double SignedAt)>(new CommandDefinition(
            """
            select SiloName, Address, Port, Status, extract(epoch from IAmAliveTime)::float8
            from OrleansMembershipTable
            where DeploymentId = @clusterId
            order by StartTime, Address, Port
            """,
            new { clusterId }, cancellationToken: cancellationToken));
        var now = time.GetUtcNow();
        return [.. rows.Select(row => new SiloEntry(row.Name, $"{row.Address}:{row.Port}", row.Status, now - DateTimeOffset.UnixEpoch.AddSeconds(row.SignedAt)))];
    }
}
