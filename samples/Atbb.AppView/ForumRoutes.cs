using Atbb.AppView.Backfill;
using Atbb.AppView.Forum;
using Atbb.AppView.Pages;
using Atbb.AppView.Search;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atbb.AppView;

/// <summary>The site's addresses. Each reads what its page shows, and the page shows it.</summary>
static class ForumRoutes
{
    // HEAD as GET: the server leaves out the body.
    static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapForum(this WebApplication app)
    {
        app.MapPage("/", async (ForumReader forum, CancellationToken ends) =>
            Page<HomePage>(await forum.ReadForumAsync(ends), new { Categories = await forum.ReadCategoriesAsync(ends) }));

        app.MapPage("/boards/{id:long}", async (long id, string? page, ForumReader forum, CancellationToken ends) =>
            await forum.ReadBoardAsync(id, PageOf.Number(page), ends) is { } board
                ? Page<BoardPage>(await forum.ReadForumAsync(ends), new { Board = board })
                : await MissingAsync(forum, ends));

        app.MapPage("/threads/{id:long}", async (long id, string? page, ForumReader forum, CancellationToken ends) =>
            await forum.ReadThreadAsync(id, PageOf.Number(page), ends) is { } thread
                ? Page<ThreadPage>(await forum.ReadForumAsync(ends), new { Thread = thread })
                : await MissingAsync(forum, ends));

        app.MapPage("/posts/{id:long}", async (long id, ForumReader forum, CancellationToken ends) =>
            await forum.FindPostAsync(id, ends) is { } place
                ? Results.Redirect($"/threads/{place.ThreadId}?page={place.Page}#post-{id}")
                : await MissingAsync(forum, ends));

        app.MapPage("/members", async (string? page, ForumReader forum, CancellationToken ends) =>
            Page<MembersPage>(await forum.ReadForumAsync(ends), new { Members = await forum.ReadMembersAsync(PageOf.Number(page), ends) }));

        app.MapPage("/members/{did}", async (string did, string? page, ForumReader forum, CancellationToken ends) =>
            await forum.ReadMemberAsync(did, PageOf.Number(page), ends) is { } member
                ? Page<MemberPage>(await forum.ReadForumAsync(ends), new { Member = member })
                : await MissingAsync(forum, ends));

        app.MapPage("/search", async (string? q, string? page, ForumReader forum, ISearchIndex search, CancellationToken ends) =>
        {
            var query = StrangersText.Cut((q ?? "").Trim(), SearchWords.LongestQuery);
            var found = query.Length == 0 ? null : await forum.SearchAsync(search, query, PageOf.Number(page), ends);
            return Page<SearchPage>(await forum.ReadForumAsync(ends), new { Query = query, Found = found });
        });

        app.MapPage("/backfill", async (ForumReader forum, BackfillFeed backfill, CancellationToken ends) =>
            Page<BackfillPage>(await forum.ReadForumAsync(ends), new { State = await backfill.GlanceAsync(ends) }));
        app.MapPage("/backfill/events", (BackfillFeed backfill, TimeProvider time, IHostApplicationLifetime life) =>
            new BackfillEvents(backfill, time, life.ApplicationStopping));

        // Of other methods it would make pages that are not there, where there is nothing but pages to be read.
        app.MapFallback(async (ForumReader forum, CancellationToken ends) => await MissingAsync(forum, ends)).WithMetadata(new HttpMethodMetadata(Reading));
    }

    /// <summary>What is shown when a page could not be made: the database is away, or there is no index yet.</summary>
    public static Task FailAsync(HttpContext context) => new RazorComponentResult<FailedPage> { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(context);

    static void MapPage(this WebApplication app, string path, Delegate page) => app.MapMethods(path, Reading, page);

    static async Task<IResult> MissingAsync(ForumReader forum, CancellationToken ends) =>
        Page<MissingPage>(await forum.ReadForumAsync(ends), new { }, StatusCodes.Status404NotFound);

    static RazorComponentResult<T> Page<T>(ForumName forum, object parameters, int status = StatusCodes.Status200OK)
        where T : ForumPage
    {
        var all = new RouteValueDictionary(parameters) { [nameof(ForumPage.Forum)] = forum };
        return new RazorComponentResult<T>(all) { StatusCode = status };
    }
}
