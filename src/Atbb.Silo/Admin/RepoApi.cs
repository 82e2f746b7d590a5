using Atbb.AtProto.Identity;
using Atbb.AtProto.Syntax;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of single repositories: what is known of one, and reading it now.</summary>
static class RepoApi
{
    public const string Root = "/api/admin/repos/";

    // A proxy in front gives up after a minute, most often.
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <summary>Maps the routes.</summary>
    public static void MapRepoApi(this WebApplication app)
    {
        var api = app.MapGroup(Root + "{name}").IsForTheOperator().WithTags("repositories").Refuses(400, 404, 409);
        api.MapGet("", GetAsync).WithName("getRepo").Answers<RepoAnswer>(200)
            .WithSummary("What is known of one repository, by its DID or handle.");
        api.MapPost("sync", SyncAsync).WithName("syncRepo").Answers<SyncAnswer>(200, 202)
            .WithSummary("Reads one repository now, in full.");
    }

    static Task<IResult> GetAsync(string name, IGrainFactory grains, IOptions<ForumOptions> forum) => OfRepoAsync(name, grains, forum, async did =>
    {
        var report = await grains.GetGrain<IUserRepoGrain>(did).GetStateAsync();
        return report.IsKnown ? Results.Ok(RepoAnswer.Of(report)) : Problems.NoSuchRepo(did);
    });

    static Task<IResult> SyncAsync(string name, IGrainFactory grains, IOptions<ForumOptions> forum, TimeProvider time, CancellationToken cancellationToken) =>
        OfRepoAsync(name, grains, forum, did => ReadAsync(did, forum.Value.Did, grains, time, cancellationToken));

    /// <summary>Answers for the repository that a DID or a handle names.</summary>
    static async Task<IResult> OfRepoAsync(string name, IGrainFactory grains, IOptions<ForumOptions> forum, Func<string, Task<IResult>> answer)
    {
        if (Did.TryParse(name, out _))
            return await answer(name);
        if (!Handle.IsValid(name))
            return Problems.BadDid($"'{name}' is neither a DID (did:method:id) nor a handle (alice.example.com).");

        return await grains.GetGrain<IBackfillGrain>(forum.Value.Did).FindByHandleAsync(name) switch
        {
            [] => Problems.NoSuchHandle(name),
            [var did] => await answer(did),
            var dids => Problems.AmbiguousHandle(name, dids),
        };
    }

    /// <summary>Reads on until the repository is settled or waits. One so large that it takes longer is answered with 202: ask again to go on.</summary>
    static async Task<IResult> ReadAsync(string did, string forumDid, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        var repo = grains.GetGrain<IUserRepoGrain>(did);
        var began = time.GetTimestamp();
        RepoSlice slice;
        do
            slice = await repo.SyncNowAsync(forumDid, cancellationToken);
        while (slice.Outcome is RepoOutcome.More && time.GetElapsedTime(began) < LongestAnswer && !cancellationToken.IsCancellationRequested);

        var report = await repo.GetStateAsync();
        var run = slice.Outcome is RepoOutcome.Parked ? await grains.GetGrain<IBackfillGrain>(forumDid).GetProgressAsync() : null;
        var isAtIt = run is { Status: RunStatus.InProgress } && report.RunId == run.RunId && !report.IsSettled;
        var answer = SyncAnswer.Of(slice, report, isAtIt ? run!.RunId : null);
        return slice.Outcome is RepoOutcome.More or RepoOutcome.Parked ? Results.Accepted(Root + did, answer) : Results.Ok(answer);
    }
}
