using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP: start a run, look at runs and their errors, stop and go on.</summary>
static class AdminApi
{
    public const string Root = "/api/admin/backfill";

    /// <summary>Maps the routes.</summary>
    public static void MapAdminApi(this WebApplication app)
    {
        var api = app.MapGroup(Root).RequireAuthorization(AdminAccess.Policy).AddEndpointFilter(TranslateAsync);
        api.MapPost("", StartAsync);
        api.MapGet("", ListAsync);
        api.MapGet("{id:long}", GetAsync);
        api.MapGet("{id:long}/errors", ListErrorsAsync);
        api.MapPost("{id:long}/retry", RetryAsync);
        api.MapPost("{id:long}/pause", (long id, IGrainFactory grains, IOptions<ForumOptions> forum) => ChangeAsync(id, Backfill(grains, forum), backfill => backfill.PauseAsync(id)));
        api.MapPost("{id:long}/resume", (long id, IGrainFactory grains, IOptions<ForumOptions> forum) => ChangeAsync(id, Backfill(grains, forum), backfill => backfill.ResumeAsync(id)));
        api.MapPost("{id:long}/cancel", (long id, IGrainFactory grains, IOptions<ForumOptions> forum) => ChangeAsync(id, Backfill(grains, forum), backfill => backfill.CancelAsync(id)));
    }

    static IBackfillGrain Backfill(IGrainFactory grains, IOptions<ForumOptions> forum) => grains.GetGrain<IBackfillGrain>(forum.Value.Did);

    static async Task<IResult> StartAsync(
        string? force, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] StartBody? body, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        RunType? type = force switch
        {
            null => null,
            "catch_up" => RunType.CatchUp,
            "full_sync" => RunType.FullSync,
            _ => (RunType)(-1),
        };
        if (type is { } asked && !Enum.IsDefined(asked))
            return Problems.BadRequest($"force is 'catch_up' or 'full_sync', not '{force}'.");

        return AnswerTo(await Backfill(grains, forum).StartAsync(new StartRequest { Force = type, Dids = body?.Dids ?? [] }));
    }

    static async Task<IResult> RetryAsync(long id, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        var result = await Backfill(grains, forum).RetryAsync(id);
        return result.Outcome is StartOutcome.NoSuchRun ? Problems.NoSuchRun(id) : AnswerTo(result);
    }

    static IResult AnswerTo(StartResult result)
    {
        var answer = new StartAnswer(result.Outcome, result.RunId, result.Type, result.Decision?.Reason, result.Message);
        return result.Outcome switch
        {
            StartOutcome.Started => Results.Accepted($"{Root}/{result.RunId}", answer),
            StartOutcome.NotNeeded => Results.Ok(answer),
            StartOutcome.AlreadyRunning => Problems.RunUnfinished(result),
            StartOutcome.Refused => Problems.BadRequest(result.Message ?? "The request is refused."),
            _ => throw new InvalidOperationException($"There is no answer for {result.Outcome}."),
        };
    }

    static async Task<IResult> ListAsync(int? limit, long? before, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        var runs = await Backfill(grains, forum).ListRunsAsync(limit ?? 20, before);
        return Results.Ok(new { Runs = runs.Select(RunAnswer.Of) });
    }

    static async Task<IResult> GetAsync(long id, IGrainFactory grains, IOptions<ForumOptions> forum) =>
        await Backfill(grains, forum).GetRunAsync(id) is { } run ? Results.Ok(RunAnswer.Of(run)) : Problems.NoSuchRun(id);

    static async Task<IResult> ListErrorsAsync(
        long id, string? did, string? kind, long? after, int? limit, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        var backfill = Backfill(grains, forum);
        // Run 0 stands for what was read by hand.
        if (id != 0 && await backfill.GetRunAsync(id) is null)
            return Problems.NoSuchRun(id);

        var wanted = Math.Clamp(limit ?? 100, 1, 1000);
        var errors = await backfill.ListErrorsAsync(new RunErrorQuery(id, did, kind, after ?? 0, wanted));
        return Results.Ok(new { Errors = errors, Next = errors.Count == wanted ? errors[^1].Id : (long?)null });
    }

    static async Task<IResult> ChangeAsync(long id, IBackfillGrain backfill, Func<IBackfillGrain, Task<RunProgress?>> change)
    {
        if (await change(backfill) is { } run)
            return Results.Ok(RunAnswer.Of(run));

        return await backfill.GetRunAsync(id) is null ? Problems.NoSuchRun(id) : Problems.RunHasEnded(id);
    }

    /// <summary>A database that is away is the service's trouble and passes: say so, instead of a bare 500.</summary>
    internal static async ValueTask<object?> TranslateAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (IndexUnreachableException e)
        {
            return Problems.IndexUnreachable(e.Message);
        }
    }
}
