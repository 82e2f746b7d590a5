using System.Net;

namespace Atbb.AtProto;

/// <summary>
/// A question that could not be answered: by a PDS, a PLC directory or a DID document. The message says what was asked of whom
/// and what came back, in words for an operator.
/// </summary>
public sealed class AtProtoException(AtProtoFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong, for decisions.</summary>
    public AtProtoFailure Failure { get; } = failure;

    /// <summary>The protocol's own name of the error (<c>RepoNotFound</c>, <c>InvalidRequest</c>, …), where the answer had one.</summary>
    public string? Error { get; init; }

    /// <summary>The HTTP status of the answer; null when there was none.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The host that was asked, with its port where that is not the usual one; null when nobody was to be asked.</summary>
    public string? Host { get; init; }

    /// <summary>When the server said that asking again makes sense (<c>Retry-After</c>, <c>RateLimit-Reset</c>); null when it did not say.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether the host has refused everything for so long (<see cref="Politeness.PolitenessOptions.MaxRefusal"/>) that nothing should wait for it now.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Whether the same question may be answered later. A permanent failure is an answer about the repository itself.</summary>
    public bool IsTransient => Failure
        is AtProtoFailure.Unreachable or AtProtoFailure.TimedOut or AtProtoFailure.ServerError
        or AtProtoFailure.RateLimited or AtProtoFailure.Malformed or AtProtoFailure.TooLarge
        or AtProtoFailure.Redirected;
}
