using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Dapper;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Takes entries of this silo's own address, by which it would end itself, out of the cluster's table before it joins. One that is later than this start is of a
/// process that ran before the clock was set back: Orleans takes the later of two for the living one, at each start until the clock has caught up. One that is of the same
/// second, by which Orleans names a silo, and dead is of a run that was over within it: this silo would read that it is dead itself, and abort.
/// </summary>
sealed partial class FormerSelf(IndexDatabase database, SiloIdentity self, AtbbSettings settings, ILogger<FormerSelf> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Who listens there lives, and this start will fail for it.
        if (!SiloPorts.IsFree(self.Port))
            return;

        // With the version, by which the others notice that the table has changed.
        await using var connection = await database.Orleans.OpenConnectionAsync(cancellationToken);
        var latest = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            """
            with removed as (
                delete from OrleansMembershipTable
                where DeploymentId = @cluster and Address = @Address and Port = @Port and (Generation > @Generation or (Generation = @Generation and Status = @dead))
                returning Generation
            ), noticed as (
                update OrleansMembershipVersionTable set Timestamp = now(), Version = Version + 1
                where DeploymentId = @cluster and exists (select 1 from removed)
            )
            select max(Generation) from removed
            """,
            new { cluster = settings.Cluster.Id, self.Address, self.Port, self.Generation, dead = (int)SiloStatus.Dead },
            cancellationToken: cancellationToken));
        if (latest > self.Generation)
            LogRemoved(self.Address, self.Port);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(353, LogLevel.Warning, "cluster.former_self: {Address}:{Port} was in the cluster's table with a start later than now, and has been taken out: this machine's clock has been set back", EventName = "cluster.former_self")]
    partial void LogRemoved(string address, int port);
}
