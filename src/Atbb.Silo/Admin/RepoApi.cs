using Atbb.AtProto.Syntax;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Silo.Access;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of single repositories: what is known of one, and reading it now.</summary>
static class RepoApi
{
    const string Root = "/api/admin/repos/{did}";

    // A proxy in front gives up after a minute, most often.
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <summary>Maps the routes.</summary>
    public static void MapRepoApi(this WebApplication app)
    {
        var api = app.MapGroup(Root).RequireAuthorization(AdminAccess.Policy).AddEndpointFilter(AdminApi.TranslateAsync);
        api.MapGet("", GetAsync);
        api.MapPost("sync", SyncAsync);
    }

    static async Task<IResult> GetAsync(string did, IGrainFactory grains)
    {
        if (!Did.TryParse(did, out _))
            return NoDid(did);

        var report = await grains.GetGrain<IUserRepoGrain>(did).GetStateAsync();
        return report.IsKnown ? Results.Ok(report) : Problems.NoSuchRepo(did);
    }

    /// <summary>Reads on until the repository is settled or waits. One so large that it takes longer is answered with 202: ask again to go on.</summary>
    static async Task<IResult> SyncAsync(
        string did, IGrainFactory grains, IOptions<ForumOptions> forum, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Did.TryParse(did, out _))
            return NoDid(did);

        var repo = grains.GetGrain<IUserRepoGrain>(did);
        var began = time.GetTimestamp();
        RepoSlice slice;
        do
            slice = await repo.SyncNowAsync(forum.Value.Did, cancellationToken);
        while (slice.Outcome is RepoOutcome.More && time.GetElapsedTime(began) < LongestAnswer && !cancellationToken.IsCancellationRequested);

        var answer = SyncAnswer.Of(slice, await repo.GetStateAsync());
        return slice.Outcome is RepoOutcome.More or RepoOutcome.Parked ? Results.Accepted(Root.Replace("{did}", did, StringComparison.Ordinal), answer) : Results.Ok(answer);
    }

    static IResult NoDid(string text) => Problems.BadRequest($"'{text}' is not a DID (did:method:id).");
}
