using Atbb.Grains.Cluster;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of the hosts that are asked.</summary>
static class HostsApi
{
    public const string Path = "/api/admin/hosts";

    const int Shown = 20;

    /// <summary>Maps the route.</summary>
    public static void MapHostsApi(this WebApplication app) =>
        app.MapGet(Path, ListAsync).WithName("listHosts").IsForTheOperator().WithTags("hosts").Answers<HostsAnswer>(200)
            .WithSummary("The hosts that the silos ask, the busiest first.");

    static async Task<IResult> ListAsync(SiloPeers peers, TimeProvider time)
    {
        var (hosts, silent) = await peers.ListHostsAsync(Shown);
        var now = time.GetUtcNow();
        return Results.Ok(new HostsAnswer([.. hosts.Select(host => HostAnswer.Of(host, now))], silent));
    }
}
