using System.Net;
using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Xrpc;

/// <summary>One question to one host.</summary>
/// <param name="Origin">The host: scheme, name, port.</param>
/// <param name="PathAndQuery">What is asked, encoded.</param>
/// <param name="Method">What is asked, for messages: an XRPC method's name.</param>
/// <param name="Did">About whom, for messages; null when it is about the host.</param>
/// <param name="MaxBytes">The largest answer, after decompression.</param>
readonly record struct XrpcRequest(Uri Origin, string PathAndQuery, string Method, Did? Did, int MaxBytes)
{
    /// <summary>A failure of this request, in an operator's words; those of <paramref name="what"/> may be the server's.</summary>
    public AtProtoException Failed(
        AtProtoFailure failure,
        string what,
        Exception? inner = null,
        HttpStatusCode? status = null,
        string? error = null,
        DateTimeOffset? retryAt = null) =>
        new(failure, $"{Subject} at {Origin.Authority}: {ForeignText.Shown(what)}.", inner) { Status = status, Error = error, RetryAt = retryAt };

    string Subject => Did is { } did ? $"{Method} of {did}" : Method;
}
