using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP of the index as a whole.</summary>
static class IndexApi
{
    public const string Path = "/api/admin/index";

    /// <summary>Maps the route.</summary>
    public static void MapIndexApi(this WebApplication app) =>
        app.MapGet(Path, GetAsync).WithName("judgeIndex").IsForTheOperator().WithTags("index").Answers<IndexAnswer>(200)
            .WithSummary("Whether the index is whole, and if not, why.");

    static async Task<IResult> GetAsync(IGrainFactory grains, IOptions<ForumOptions> forum) =>
        Results.Ok(IndexAnswer.Of(await grains.GetGrain<IBackfillGrain>(forum.Value.Did).JudgeIndexAsync()));
}
