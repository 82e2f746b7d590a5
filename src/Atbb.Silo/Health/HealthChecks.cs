using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Silo.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Health;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
static class HealthChecks
{
    const string Ready = "ready";

    // A balancer's own patience is of this order.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Adds the checks.</summary>
    public static IServiceCollection AddAtbbHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", tags: [Ready])
            .AddCheck<ClusterCheck>("cluster", tags: [Ready])
            .AddCheck<RunCheck>("run", failureStatus: HealthStatus.Degraded, tags: [Ready], timeout: Patience);
        return services;
    }

    /// <summary>Maps <c>/health/live</c> (the process answers) and <c>/health/ready</c> (it has its database and its place in the cluster, and the run goes on).</summary>
    public static void MapAtbbHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    // Sentences name members, hosts and what the database said: they are for whoever may use the admin HTTP, and a balancer needs none.
    static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var isOperator = context.User.Identity is { IsAuthenticated: true };
        return context.Response.WriteAsJsonAsync(
            new HealthAnswer
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(e => e.Key, e => new HealthCheckAnswer(e.Value.Status.ToString(), isOperator ? e.Value.Description : null)),
            },
            context.RequestAborted);
    }

    sealed class DatabaseCheck(IndexDatabase database, TimeProvider time) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await database.PingAsync(Patience, time, cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (IndexUnavailableException e)
            {
                return HealthCheckResult.Unhealthy(e.Message);
            }
        }
    }

    /// <summary>Degraded at most: this process can be sent requests, and restarting all of them at once would not help a run along.</summary>
    sealed class RunCheck(IGrainFactory grains, IOptions<ForumOptions> forum, IOptions<BackfillOptions> backfill, TimeProvider time) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var run = await grains.GetGrain<IBackfillGrain>(forum.Value.Did).GetProgressAsync().WaitAsync(cancellationToken);
                return RunStall.Find(run, time.GetUtcNow(), backfill.Value.StalledAfter) is { } stall
                    ? HealthCheckResult.Degraded(stall)
                    : HealthCheckResult.Healthy();
            }
            catch (Exception e) when (Trouble.MayPass(e, CancellationToken.None))
            {
                return HealthCheckResult.Degraded(
                    $"The backfill has not answered ({e.Message.TrimEnd('.')}). If the database is well, the silo that it is on hangs (atbb_run_active 1, or no answer at all): restart that one, and the run goes on elsewhere.");
            }
        }
    }

    sealed class ClusterCheck(ILocalSiloDetails silo, IClusterMembershipService membership) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var status = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress);
            return Task.FromResult(status is SiloStatus.Active
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"This silo is {status} in its cluster, not Active."));
        }
    }
}
