using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of the index as a whole.</summary>
static class IndexApi
{
    public const string Path = "/api/admin/index";
    public const string Errors = "/api/admin/errors";

    /// <summary>Maps the routes.</summary>
    public static void MapIndexApi(this WebApplication app)
    {
        app.MapGet(Path, GetAsync).WithName("judgeIndex").IsForTheOperator().WithTags("index").Answers<IndexAnswer>(200)
            .WithSummary("Whether the index is whole, and if not, why.");
        app.MapGet(Errors, ListErrorsAsync).WithName("listOpenErrors").IsForTheOperator().WithTags("index").Answers<ErrorsAnswer>(200).Refuses(400)
            .WithSummary("What is missing in the index, whichever run met it, and why.");
    }

    static async Task<IResult> GetAsync(IGrainFactory grains, IOptions<ForumOptions> forum) =>
        Results.Ok(IndexAnswer.Of(await grains.GetGrain<IBackfillGrain>(forum.Value.Did).JudgeIndexAsync()));

    static async Task<IResult> ListErrorsAsync(string? did, string? kind, string? after, string? limit, IGrainFactory grains, IOptions<ForumOptions> forum)
    {
        if (!ErrorsAsked.TryRead(did, kind, after, limit, out var asked, out var problem))
            return problem;

        var backfill = grains.GetGrain<IBackfillGrain>(forum.Value.Did);
        return await asked.AnswerAsync((last, count) => backfill.ListOpenErrorsAsync(new OpenErrorQuery(did, kind, last, count)));
    }
}
