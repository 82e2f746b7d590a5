using Atbb.Grains.Cluster;
using Atbb.Silo.Access;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of the hosts that are asked.</summary>
static class HostsApi
{
    public const string Path = "/api/admin/hosts";

    const int Shown = 20;

    /// <summary>Maps the route.</summary>
    public static void MapHostsApi(this WebApplication app) =>
        app.MapGet(Path, ListAsync).RequireAuthorization(AdminAccess.Policy).AddEndpointFilter(AdminApi.TranslateAsync)
            .WithTags("hosts").Answers<HostsAnswer>(200).Refuses(401, 403, 429, 500, 503)
            .WithSummary("The hosts that the silos ask, the busiest first.");

    static async Task<IResult> ListAsync(SiloPeers peers, TimeProvider time)
    {
        var (hosts, silent) = await peers.ListHostsAsync(Shown);
        var now = time.GetUtcNow();
        return Results.Ok(new HostsAnswer([.. hosts.Select(host => HostAnswer.Of(host, now))], silent));
    }
}
