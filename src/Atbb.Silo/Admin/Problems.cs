using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What the admin HTTP refuses, as problem details. The type names the kind of refusal, for programs; the detail says what to do.</summary>
static class Problems
{
    const string Types = "urn:atbb:problem:";

    public static IResult BadRequest(string detail) => Of("bad-request", "The request is not valid", detail, StatusCodes.Status400BadRequest);

    public static IResult NoSuchRun(long id) =>
        Of("no-such-run", "There is no such run", $"There is no run {id}.", StatusCodes.Status404NotFound);

    public static IResult NoSuchRepo(string did) => Of(
        "no-such-repo", "The repository is not known", $"The index does not know {did}. Read it: POST /api/admin/repos/{did}/sync.", StatusCodes.Status404NotFound);

    public static IResult NoSuchHandle(string handle) => Of(
        "no-such-repo", "The repository is not known",
        $"The index knows nobody who claims the handle {handle}. Ask by DID: a handle is known once its repository has been looked up.", StatusCodes.Status404NotFound);

    public static IResult AmbiguousHandle(string handle, IReadOnlyList<string> dids) => Of(
        "ambiguous-handle", "Several accounts claim the handle",
        $"{dids.Count} accounts claim the handle {handle}, which is not verified. Ask by DID.", StatusCodes.Status409Conflict,
        new Dictionary<string, object?> { ["dids"] = dids });

    public static IResult RunHasEnded(long id) => Of(
        "run-has-ended", "The run has ended", $"Run {id} has ended: there is nothing left of it to stop or to go on with.", StatusCodes.Status409Conflict);

    public static IResult RunUnfinished(StartResult result) => Of(
        "run-unfinished", "Another run is not finished",
        $"Run {result.RunId} is not finished. Wait for it, or cancel it: POST {AdminApi.Root}/{result.RunId}/cancel.", StatusCodes.Status409Conflict,
        new Dictionary<string, object?> { ["runId"] = result.RunId, ["runType"] = result.Type });

    public static IResult IndexUnreachable(string detail) =>
        Of("index-unreachable", "The index's database does not answer", detail, StatusCodes.Status503ServiceUnavailable);

    static IResult Of(string kind, string title, string? detail, int status, Dictionary<string, object?>? more = null) =>
        Results.Problem(detail, statusCode: status, title: title, type: Types + kind, extensions: more);
}
