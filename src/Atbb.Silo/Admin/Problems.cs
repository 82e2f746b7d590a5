using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;

namespace Atbb.Silo.Admin;

/// <summary>What the admin HTTP refuses, and what to do about it.</summary>
static class Problems
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    public static IResult BadRequest(string detail) => Of(ProblemKind.BadRequest, detail);

    public static IResult BadRunId(string id) => Of(ProblemKind.BadRunId, $"'{id}' is not a run's id, which is a whole number. GET {AdminApi.Root} lists the runs.");

    public static IResult BadPaging(string detail) => Of(ProblemKind.BadPaging, detail);

    public static IResult BadBody(string detail) => Of(ProblemKind.BadBody, $"{detail} It may be left out, or be JSON: {{\"dids\": [\"did:plc:…\"]}}.");

    public static IResult BodyTooLarge() => Of(
        ProblemKind.BodyTooLarge, "The list is too long for one request. Give it to 'atbb backfill --dids FILE', or in parts: what was listed once stays known.");

    public static IResult WrongMediaType(string? mediaType) =>
        Of(ProblemKind.WrongMediaType, $"The body is '{mediaType}'. It may be left out, or be application/json: {{\"dids\": [\"did:plc:…\"]}}.");

    public static IResult BadDid(string detail) => Of(ProblemKind.BadDid, detail);

    public static IResult BadKind(string kind) => Of(ProblemKind.BadKind, $"'{kind}' is no kind of error. The kinds: {string.Join(", ", FailureKinds.All)}.");

    public static IResult BadIdempotencyKey() =>
        Of(ProblemKind.BadIdempotencyKey, "Idempotency-Key is 1 to 255 printable ASCII characters, made up for one request: a UUID will do.");

    public static IResult IdempotencyKeyReused(string? message) => Of(ProblemKind.IdempotencyKeyReused, message ?? ProblemKind.IdempotencyKeyReused.Title);

    public static IResult AnotherForum(string? message) => Of(ProblemKind.AnotherForum, message ?? ProblemKind.AnotherForum.Title);

    public static IResult DidsNotRead() => Of(
        ProblemKind.DidsNotRead,
        $"A catch-up reads whom the index knows, and not the DIDs listed. A full sync: POST {AdminApi.Root}?force=full_sync. By hand: POST {RepoApi.Root}{{did}}/sync.");

    public static IResult TokenNeeded() => Of(
        ProblemKind.TokenNeeded, "Send the token of Atbb:Admin:Token: 'Authorization: Bearer <token>'. A browser signs in at /signin.");

    public static IResult WrongToken() => Of(
        ProblemKind.TokenNeeded, "The token is wrong. The right one is in Atbb:Admin:Token of this service.");

    public static IResult TooManyWrongTokens(string detail) => Of(ProblemKind.TooManyWrongTokens, detail);

    public static IResult ForeignHost(string detail) => Of(ProblemKind.ForeignHost, detail);

    public static IResult ForeignOrigin(string detail) => Of(ProblemKind.ForeignOrigin, detail);

    public static IResult NoSuchRun(long id) => Of(ProblemKind.NoSuchRun, $"There is no run {id}. GET {AdminApi.Root} lists the runs.");

    public static IResult NoSuchRepo(string did) =>
        Of(ProblemKind.NoSuchRepo, $"The index does not know {did}. Read it: POST {RepoApi.Root}{did}/sync.");

    public static IResult NoSuchHandle(string handle) => Of(
        ProblemKind.NoSuchRepo,
        $"The index knows nobody who claims the handle {handle}. Ask by DID: a handle is known once its repository has been looked up.");

    public static IResult AmbiguousHandle(string handle, IReadOnlyList<string> dids) => new Problem(
        Answer(ProblemKind.AmbiguousHandle, $"{dids.Count} accounts claim the handle {handle}, which is not verified. Ask by DID.") with { Dids = dids });

    public static IResult RunHasEnded(long id) =>
        Of(ProblemKind.RunHasEnded, $"Run {id} has ended: there is nothing left of it to stop or to go on with. Start another: POST {AdminApi.Root}.");

    public static IResult RunUnfinished(StartResult result) => new Problem(
        Answer(ProblemKind.RunUnfinished, $"Run {result.RunId} is not finished. Wait for it, or cancel it: POST {AdminApi.Root}/{result.RunId}/cancel. {result.Message}".TrimEnd())
            with
        { RunId = result.RunId, RunType = result.Type });

    public static IResult IndexUnreachable(string detail) =>
        Of(ProblemKind.IndexUnreachable, $"{detail.TrimEnd('.')}. Bring the database back and ask again; a run waits for it and goes on by itself.");

    public static IResult BackfillUnreachable(string detail) =>
        Of(ProblemKind.BackfillUnreachable, $"A silo may just have gone, and another takes over within a minute: ask again. ({detail.TrimEnd('.')}.)");

    /// <summary>What has a status and no body: what no route took, and what broke.</summary>
    public static IResult OfStatus(HttpContext context, int status) => status switch
    {
        StatusCodes.Status401Unauthorized => TokenNeeded(),
        StatusCodes.Status404NotFound => Of(ProblemKind.NoSuchRoute, $"There is nothing at {context.Request.Path}. What there is: GET {AdminDescription.Path}."),
        StatusCodes.Status405MethodNotAllowed => Of(
            ProblemKind.WrongMethod, $"{context.Request.Path} does not take {context.Request.Method}. What it takes: {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge(),
        StatusCodes.Status415UnsupportedMediaType => WrongMediaType(context.Request.ContentType),
        >= 500 => Of(ProblemKind.InternalError, "The request met a bug in this program. The log has it with its stack: report it."),
        _ => new Problem(Answer(ProblemKind.BadRequest, "The request cannot be read. See that it is whole and well-formed.") with { Status = status }),
    };

    static Problem Of(ProblemKind kind, string detail) => new(Answer(kind, detail));

    static ProblemAnswer Answer(ProblemKind kind, string detail) => new() { Type = kind.Type, Title = kind.Title, Status = kind.Status, Detail = detail };

    sealed class Problem(ProblemAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            Results.Json(answer, contentType: MediaType, statusCode: answer.Status).ExecuteAsync(httpContext);
    }
}
