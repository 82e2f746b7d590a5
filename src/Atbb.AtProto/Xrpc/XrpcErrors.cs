using System.Net;
using System.Text.Json;

namespace Atbb.AtProto.Xrpc;

/// <summary>Classes answers that are not a 200.</summary>
static class XrpcErrors
{
    const int MaxErrorBytes = 16 * 1024;
    const int MaxMessageLength = 300;
    const string MethodNotImplemented = "MethodNotImplemented";

    /// <summary>Reads what an answer says went wrong.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="response">The answer.</param>
    /// <param name="retryAt">When it says to ask again.</param>
    /// <param name="isFinal">Whether nobody should wait for that.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<AtProtoException> ReadAsync(
        XrpcRequest request, HttpResponseMessage response, DateTimeOffset? retryAt, bool isFinal, CancellationToken cancellationToken)
    {
        using var start = await ResponseBody.ReadStartAsync(response.Content, MaxErrorBytes, cancellationToken).ConfigureAwait(false);
        var body = Parse(start.Memory.Span);
        var failure = Class(response.StatusCode);
        return request.Failed(
            failure,
            isFinal ? $"{Describe(response, body)}, as everything it was asked for longer than Atbb:Politeness:MaxRefusal" : Describe(response, body),
            status: response.StatusCode,
            error: body.Error ?? (response.StatusCode is HttpStatusCode.NotImplemented ? MethodNotImplemented : null),
            retryAt: failure is AtProtoFailure.RateLimited or AtProtoFailure.ServerError ? retryAt : null,
            isFinal: isFinal);
    }

    /// <summary>What a status means to the caller.</summary>
    public static AtProtoFailure Class(HttpStatusCode status) => (int)status switch
    {
        429 => AtProtoFailure.RateLimited,
        408 => AtProtoFailure.TimedOut,
        // The host is well and does not have the method: asking again changes nothing.
        501 => AtProtoFailure.Refused,
        >= 500 => AtProtoFailure.ServerError,
        >= 400 => AtProtoFailure.Refused,
        >= 300 => AtProtoFailure.Redirected,
        // A 204 or the like, where the lexicon has a body.
        _ => AtProtoFailure.Malformed,
    };

    // Proxies answer in HTML, or with nothing; then there is only the status to go by.
    static XrpcErrorBody Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AnswersJson.Default.XrpcErrorBody) ?? new(null, null);
        }
        catch (JsonException)
        {
            return new(null, null);
        }
    }

    static string Describe(HttpResponseMessage response, XrpcErrorBody body)
    {
        var status = (int)response.StatusCode;
        if (response.Headers.Location is { } location)
            return $"HTTP {status} redirects to {Shorten(location.OriginalString)}, which is not followed";
        if (body is { Error: null, Message: null })
            return $"HTTP {status} without an error of the protocol";
        return body.Message is { } message
            ? $"HTTP {status} {Shorten(body.Error ?? "")}: {Shorten(message).TrimEnd('.')}"
            : $"HTTP {status} {Shorten(body.Error!)}";
    }

    static string Shorten(string text) => text.Length <= MaxMessageLength ? text : $"{text.AsSpan(0, MaxMessageLength)}…";
}
