namespace Atbb.Silo.Admin;

/// <summary>A kind of refusal. Stable: programs tell refusals apart by its type, and the documentation lists them.</summary>
/// <param name="Name">The last part of its type.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Title">In a few words, the same for every refusal of the kind.</param>
sealed record ProblemKind(string Name, int Status, string Title)
{
    public static readonly ProblemKind BadRequest = new("bad-request", 400, "The request is not valid");
    public static readonly ProblemKind BadRunId = new("bad-run-id", 400, "That is not a run's id");
    public static readonly ProblemKind BadPaging = new("bad-paging", 400, "There is no such page");
    public static readonly ProblemKind BadBody = new("bad-body", 400, "The body cannot be read");
    public static readonly ProblemKind BadDid = new("bad-did", 400, "That is not a DID");
    public static readonly ProblemKind BadKind = new("bad-kind", 400, "There is no such kind of error");
    public static readonly ProblemKind BadIdempotencyKey = new("bad-idempotency-key", 400, "The idempotency key is not usable");
    public static readonly ProblemKind DidsNotRead = new("dids-not-read", 400, "A catch-up does not read the DIDs listed");
    public static readonly ProblemKind TokenNeeded = new("token-needed", 401, "A token is needed");
    public static readonly ProblemKind ForeignHost = new("foreign-host", 403, "Not answered under this name or address");
    public static readonly ProblemKind ForeignOrigin = new("foreign-origin", 403, "A page of another origin may not write here");
    public static readonly ProblemKind NoSuchRoute = new("no-such-route", 404, "There is nothing here");
    public static readonly ProblemKind NoSuchRun = new("no-such-run", 404, "There is no such run");
    public static readonly ProblemKind NoSuchRepo = new("no-such-repo", 404, "The repository is not known");
    public static readonly ProblemKind WrongMethod = new("wrong-method", 405, "The method is not for this address");
    public static readonly ProblemKind RunUnfinished = new("run-unfinished", 409, "Another run is not finished");
    public static readonly ProblemKind AnotherForum = new("another-forum", 409, "A run of another forum is not finished");
    public static readonly ProblemKind RunHasEnded = new("run-has-ended", 409, "The run has ended");
    public static readonly ProblemKind AmbiguousHandle = new("ambiguous-handle", 409, "Several accounts claim the handle");
    public static readonly ProblemKind BodyTooLarge = new("body-too-large", 413, "The body is too large");
    public static readonly ProblemKind WrongMediaType = new("wrong-media-type", 415, "The body is not JSON");
    public static readonly ProblemKind IdempotencyKeyReused = new("idempotency-key-reused", 422, "The idempotency key is another request's");
    public static readonly ProblemKind TooManyWrongTokens = new("too-many-wrong-tokens", 429, "Too many wrong tokens have come from this address");
    public static readonly ProblemKind InternalError = new("internal-error", 500, "Something is wrong with this program");
    public static readonly ProblemKind IndexUnreachable = new("index-unreachable", 503, "The index's database does not answer");
    public static readonly ProblemKind BackfillUnreachable = new("backfill-unreachable", 503, "The backfill does not answer");

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadRequest, BadRunId, BadPaging, BadBody, BadDid, BadKind, BadIdempotencyKey, DidsNotRead, TokenNeeded, ForeignHost, ForeignOrigin, NoSuchRoute,
        NoSuchRun, NoSuchRepo, WrongMethod, RunUnfinished, AnotherForum, RunHasEnded, AmbiguousHandle, BodyTooLarge, WrongMediaType, IdempotencyKeyReused,
        TooManyWrongTokens, InternalError, IndexUnreachable, BackfillUnreachable,
    ];

    /// <summary>The type, as in RFC 9457.</summary>
    public string Type => "urn:atbb:problem:" + Name;
}
