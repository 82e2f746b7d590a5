using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Access;
using Atbb.Silo.Admin.Events;
using Atbb.Silo.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP: start a run, look at runs and their errors, stop and go on.</summary>
static class AdminApi
{
    public const string Root = "/api/admin/backfill";

    /// <summary>The header that makes asking again harmless.</summary>
    public const string KeyHeader = "Idempotency-Key";

    const int LongestKey = 255;

    const int UsualRuns = 20;

    /// <summary>Maps the routes.</summary>
    public static void MapAdminApi(this WebApplication app)
    {
        var api = app.MapGroup(Root).IsForTheOperator().WithTags("runs");
        api.MapPost("", StartAsync).WithName("startBackfill").TakesStartBody().Answers<StartAnswer>(202, 200).Refuses(400, 409, 413, 415, 422)
            .WithSummary("Starts a run, if one is needed or asked for.");
        api.MapGet("", ListAsync).WithName("listRuns").Answers<RunsAnswer>(200).Refuses(400)
            .WithSummary("Runs, the newest first.");
        api.MapGet("{id}", GetAsync).WithName("getRun").Answers<RunAnswer>(200).Refuses(400, 404)
            .WithSummary("One run.");
        api.MapGet("{id}/errors", ListErrorsAsync).WithName("listErrors").Answers<ErrorsAnswer>(200).Refuses(400, 404)
            .WithSummary("What of a run is not in the index, and why.");
        api.MapGet("{id}/events", WatchAsync).WithName("watchRun").AnswersEvents().Refuses(400, 404)
            .WithSummary("A run's progress as server-sent events, until it has ended.");
        api.MapPost("{id}/retry", RetryAsync).WithName("retryRun").Answers<StartAnswer>(202, 200).Refuses(400, 404, 409, 422)
            .WithSummary("Starts a run that reads again what failed in this one.");
        api.MapPost("{id}/pause", PauseAsync).WithName("pauseRun").Answers<RunAnswer>(200).Refuses(400, 404, 409)
            .WithSummary("Stops a run within a page of each repository, until it is resumed.");
        api.MapPost("{id}/resume", ResumeAsync).WithName("resumeRun").Answers<RunAnswer>(200).Refuses(400, 404, 409)
            .WithSummary("Goes on with a paused run.");
        api.MapPost("{id}/cancel", CancelAsync).WithName("cancelRun").Answers<RunAnswer>(200).Refuses(400, 404, 409)
            .WithSummary("Ends a run within a page of each repository.");
    }

    /// <summary>What holds for every route of the admin HTTP: who may ask, how trouble is told, and the refusals that come of both.</summary>
    public static T IsForTheOperator<T>(this T route)
        where T : IEndpointConventionBuilder =>
        route.RequireAuthorization(AdminAccess.Policy).AddEndpointFilter(TranslateAsync).Refuses(401, 403, 429, 500, 503);

    static IBackfillGrain Backfill(IGrainFactory grains, IOptions<ForumOptions> forum) => grains.GetGrain<IBackfillGrain>(forum.Value.Did);

    static async Task<IResult> StartAsync(
        string? force, [FromHeader(Name = KeyHeader)] string? key, HttpRequest request, IGrainFactory grains, IOptions<ForumOptions> forum,
        CancellationToken cancellationToken)
    {
        if (!TryReadForce(force, out var type))
            return Problems.BadRequest($"force is 'catch_up' or 'full_sync', not '{force}'. Without it, the live stream's cursor decides.");
        if (!IsKey(key))
            return Problems.BadIdempotencyKey();
        var (body, problem) = await StartBody.ReadAsync(request, cancellationToken);
        if (problem is not null)
            return problem;

        if (type is RunType.CatchUp && body.Dids is { Count: > 0 })
            return Problems.DidsNotRead();

        var backfill = Backfill(grains, forum);
        return await AnswerToAsync(backfill, await backfill.StartAsync(new StartRequest { Force = type, Dids = body.Dids ?? [], RequestKey = key }));
    }

    /// <summary>Reads a run's type as it is asked for; null asks for none.</summary>
    public static bool TryReadForce(string? force, out RunType? type)
    {
        type = force switch
        {
            "catch_up" => RunType.CatchUp,
            "full_sync" => RunType.FullSync,
            _ => null,
        };
        return force is null || type is not null;
    }

    static async Task<IResult> RetryAsync(string id, [FromHeader(Name = KeyHeader)] string? key, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        if (!TryReadId(id, out var runId, out var problem))
            return problem;
        if (!IsKey(key))
            return Problems.BadIdempotencyKey();

        var backfill = Backfill(grains, forum);
        var result = await backfill.RetryAsync(runId, key);
        return result.Outcome is StartOutcome.NoSuchRun ? Problems.NoSuchRun(runId) : await AnswerToAsync(backfill, result);
    }

    static async Task<IResult> AnswerToAsync(IBackfillGrain backfill, StartResult result) => result.Outcome switch
    {
        StartOutcome.Started => Results.Accepted($"{Root}/{result.RunId}", StartAnswer.Started(result, await StatusOfAsync(backfill, result))),
        StartOutcome.NotNeeded => Results.Ok(StartAnswer.NotNeeded(result)),
        StartOutcome.AlreadyRunning => Problems.RunUnfinished(result),
        StartOutcome.AnotherForum => Problems.AnotherForum(result.Message),
        StartOutcome.Refused => Problems.BadDid(result.Message ?? "The request is refused."),
        StartOutcome.KeyReused => Problems.IdempotencyKeyReused(result.Message),
        _ => throw new InvalidOperationException($"There is no answer for {result.Outcome}."),
    };

    // A run that this request began is under way for whoever asked, be it at its end already.
    static async Task<RunStatus> StatusOfAsync(IBackfillGrain backfill, StartResult result) =>
        result is { IsRepeat: true, RunId: { } runId } && await backfill.GetRunAsync(runId) is { } run ? run.Status : RunStatus.InProgress;

    static async Task<IResult> ListAsync(string? limit, string? before, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        if (!PageAsked.TryRead(limit, before, nameof(before), UsualRuns, out var page, out var problem))
            return problem;

        var backfill = Backfill(grains, forum);
        var runs = await backfill.ListRunsAsync(page.Limit, page.Cursor);
        var next = await page.NextAsync(runs, static run => run.RunId, before => backfill.ListRunsAsync(limit: 1, before));
        return Results.Ok(new RunsAnswer([.. runs.Select(run => RunAnswer.Of(run))], next));
    }

    static async Task<IResult> GetAsync(string id, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        if (!TryReadId(id, out var runId, out var problem))
            return problem;

        var backfill = Backfill(grains, forum);
        return await backfill.GetRunAsync(runId) is { } run
            ? Results.Ok(RunAnswer.Of(run, await backfill.CountErrorsAsync(new RunErrorQuery(runId))))
            : Problems.NoSuchRun(runId);
    }

    static async Task<IResult> ListErrorsAsync(
        string id, string? did, string? kind, string? after, string? limit, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        if (!TryReadId(id, out var runId, out var problem) || !ErrorsAsked.TryRead(did, kind, after, limit, out var asked, out problem))
            return problem;

        var backfill = Backfill(grains, forum);
        // Run 0 stands for what was read by hand.
        if (runId != 0 && await backfill.GetRunAsync(runId) is null)
            return Problems.NoSuchRun(runId);

        return await asked.AnswerAsync((last, count) => backfill.ListErrorsAsync(new RunErrorQuery(runId, did, kind, last, count)));
    }

    static async Task<IResult> WatchAsync(
        string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, IGrainFactory grains, IOptions<ForumOptions> forum, ProgressFeed feed, TimeProvider time)
    {
        if (!TryReadId(id, out var runId, out var problem))
            return problem;

        var backfill = Backfill(grains, forum);
        if (await backfill.GetRunAsync(runId) is not { } run)
            return Problems.NoSuchRun(runId);

        // A browser comes back by itself when a stream ends. This is how it is told that there is nothing to come back for.
        return run.IsFinished && lastEventId == RunEvents.IdOfEnd(runId) ? Results.NoContent() : new RunEvents(run, backfill, feed, time);
    }

    static Task<IResult> PauseAsync(string id, IGrainFactory grains, IOptions<ForumOptions> forum) =>
        ChangeAsync(id, Backfill(grains, forum), static (backfill, runId) => backfill.PauseAsync(runId));

    static Task<IResult> ResumeAsync(string id, IGrainFactory grains, IOptions<ForumOptions> forum) =>
        ChangeAsync(id, Backfill(grains, forum), static (backfill, runId) => backfill.ResumeAsync(runId));

    static Task<IResult> CancelAsync(string id, IGrainFactory grains, IOptions<ForumOptions> forum) =>
        ChangeAsync(id, Backfill(grains, forum), static (backfill, runId) => backfill.CancelAsync(runId));

    static async Task<IResult> ChangeAsync(string id, IBackfillGrain backfill, Func<IBackfillGrain, long, Task<RunProgress?>> change)
    {
        if (!TryReadId(id, out var runId, out var problem))
            return problem;
        if (await change(backfill, runId) is { } run)
            return Results.Ok(RunAnswer.Of(run));

        return await backfill.GetRunAsync(runId) is null ? Problems.NoSuchRun(runId) : Problems.RunHasEnded(runId);
    }

    static bool TryReadId(string id, out long runId, [NotNullWhen(false)] out IResult? problem)
    {
        problem = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out runId) ? null : Problems.BadRunId(id);
        return problem is null;
    }

    static bool IsKey(string? key) => key is null || (key is { Length: > 0 and <= LongestKey } && !key.AsSpan().ContainsAnyExceptInRange('!', '~'));

    /// <summary>A database or a silo that is away is the service's trouble and passes: say so, instead of a bare 500.</summary>
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
        catch (Exception e) when (Trouble.MayPass(e, context.HttpContext.RequestAborted))
        {
            return Problems.BackfillUnreachable(e.Message);
        }
    }
}
