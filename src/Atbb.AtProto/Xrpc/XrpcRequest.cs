using System.Net;
using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Xrpc;

/// <summary>One question to one host.</summary>
/// <param name="Origin">The host: scheme, name, port.</param>
/// <param name="PathAndQuery">What is asked, encoded.</param>
/// <param name="Method">What is asked, for messages: an XRPC method's name.</param>
/// <param name="Subject">About what, for messages: an account's DID, a collection's NSID; "repositories" for all of a host.</param>
/// <param name="MaxBytes">The largest answer, after decompression.</param>
readonly record struct XrpcRequest(Uri Origin, string PathAndQuery, string Method, string Subject, int MaxBytes)
{
    /// <summary>A question about one account.</summary>
    public XrpcRequest(Uri origin, string pathAndQuery, string method, Did did, int maxBytes)
        : this(origin, pathAndQuery, method, did.Value, maxBytes)
    {
    }

    /// <summary>What the host is asked as.</summary>
    public HostClass Class { get; init; }

    /// <summary>A failure of this request, in an operator's words; those of <paramref name="what"/> may be the server's.</summary>
    public AtProtoException Failed(
        AtProtoFailure failure,
        string what,
        Exception? inner = null,
        HttpStatusCode? status = null,
        string? error = null,
        DateTimeOffset? retryAt = null,
        bool isFinal = false) =>
        new(failure, $"{Method} of {Subject} at {Origin.Authority}: {ForeignText.Shown(what)}.", inner)
        {
            Host = Origin.Authority,
            Status = status,
            Error = error,
            RetryAt = retryAt,
            IsFinal = isFinal,
        };
}
