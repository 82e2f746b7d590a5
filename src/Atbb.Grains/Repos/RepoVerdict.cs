using System.Net;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>What a failed question says about a repository.</summary>
abstract record RepoVerdict
{
    RepoVerdict()
    {
    }

    /// <summary>Its host's turn is over for now, and nothing was asked: come back then. No attempt has failed.</summary>
    public sealed record Deferred(DateTimeOffset Until) : RepoVerdict;

    /// <summary>It may pass: try again later.</summary>
    /// <param name="NotBefore">When the server said that it will.</param>
    public sealed record Transient(DateTimeOffset? NotBefore) : RepoVerdict;

    /// <summary>The PDS refused a listing and gives the same answer for many reasons: its status tells.</summary>
    public sealed record AskStatus : RepoVerdict;

    /// <summary>The PDS does not hold the repository as an active one: it may have moved, and only the DID document tells.</summary>
    /// <param name="Otherwise">The account's state if it has not moved.</param>
    public sealed record AskIdentity(RepoStatus Otherwise) : RepoVerdict;

    /// <summary>The directory says that the DID was given up. Its rows go when it says so again: one wrong answer of a directory is no reason.</summary>
    public sealed record Tombstoned : RepoVerdict;

    /// <summary>The account looks deleted. Before its rows are removed, whoever says so is asked a second time.</summary>
    /// <param name="Until">When.</param>
    public sealed record Unconfirmed(DateTimeOffset Until) : RepoVerdict;

    /// <summary>The account is in that state; there is nothing to read.</summary>
    public sealed record Gone(RepoStatus Status) : RepoVerdict;

    /// <summary>It cannot be read, and asking again will not help.</summary>
    /// <param name="Kind">The class of the failure, for the error row.</param>
    public sealed record Refused(string Kind) : RepoVerdict;

    /// <summary>It has moved as often as a run follows, and would move again.</summary>
    public sealed record Restless : RepoVerdict;

    /// <summary>Judges an answer to any question but <c>getRepoStatus</c>.</summary>
    public static RepoVerdict Of(AtProtoException e) => e.Failure switch
    {
        AtProtoFailure.RateLimited when e is { Status: null, RetryAt: { } turn } => new Deferred(turn),
        // Its host's, and not its own: what is left there is given up together.
        _ when e.IsFinal => new Refused(FailureKinds.Unreachable),
        _ when e.IsTransient => new Transient(e.RetryAt),
        AtProtoFailure.DidTombstoned => new Tombstoned(),
        AtProtoFailure.DidNotFound => new Gone(RepoStatus.NotFound),
        AtProtoFailure.BadDidDocument => new Refused(FailureKinds.BadDidDocument),
        AtProtoFailure.Forbidden => new Refused(FailureKinds.ForbiddenAddress),
        AtProtoFailure.Refused => e.Error switch
        {
            // An account that moved away is left behind deactivated, and whatever its old PDS does to it then is no word on the new one.
            "RepoTakendown" => new AskIdentity(RepoStatus.Takendown),
            "RepoSuspended" => new AskIdentity(RepoStatus.Suspended),
            "RepoDeactivated" => new AskIdentity(RepoStatus.Deactivated),
            "RepoNotFound" => new AskIdentity(RepoStatus.NotFound),
            _ => new AskStatus(),
        },
        _ => throw new InvalidOperationException($"There is no verdict on a failure of kind {e.Failure}."),
    };

    /// <summary>Judges a status that was asked for because a listing was refused.</summary>
    public static RepoVerdict Of(HostedRepo repo) => repo switch
    {
        { Active: true } => new Transient(null),
        { Status: "takendown" } => new AskIdentity(RepoStatus.Takendown),
        { Status: "suspended" } => new AskIdentity(RepoStatus.Suspended),
        { Status: "deleted" } => new AskIdentity(RepoStatus.Deleted),
        { Status: "deactivated" } => new AskIdentity(RepoStatus.Deactivated),
        _ => new Transient(null),
    };

    /// <summary>Judges the refusal of a status: a PDS that does not know the method proves nothing.</summary>
    public static RepoVerdict OfStatusRefusal(AtProtoException e) => Of(e) is AskStatus ? new Transient(e.RetryAt) : Of(e);

    /// <summary>Whether the PDS does not have the method at all.</summary>
    public static bool IsMissingMethod(AtProtoException e) => e.Failure is AtProtoFailure.Refused
        && (e.Status is HttpStatusCode.NotImplemented || e.Error is "MethodNotImplemented" || (e.Status is HttpStatusCode.NotFound && e.Error is null));
}
