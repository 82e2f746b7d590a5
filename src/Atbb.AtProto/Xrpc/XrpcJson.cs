using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Atbb.AtProto.Xrpc;

/// <summary>Questions whose answer is a JSON object of the lexicons.</summary>
static class XrpcJson
{
    /// <summary>Asks, and reads what the answer says. What <paramref name="read"/> finds wrong with it is a <see cref="JsonException"/>.</summary>
    /// <exception cref="AtProtoException">There is no answer with status 200, or it is not what the lexicon says.</exception>
    public static async Task<TResult> AskAsync<TAnswer, TResult>(
        this XrpcClient xrpc, XrpcRequest request, JsonTypeInfo<TAnswer> type, Func<TAnswer, TResult> read, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var body = await xrpc.GetAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return read(JsonSerializer.Deserialize(body.Memory.Span, type) ?? throw new JsonException("the answer is null"));
        }
        catch (JsonException e)
        {
            throw request.NotTheLexicons(e);
        }
    }

    /// <inheritdoc cref="AskAsync{TAnswer,TResult}"/>
    public static Task<T> AskAsync<T>(this XrpcClient xrpc, XrpcRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        xrpc.AskAsync(request, type, static answer => answer, cancellationToken);

    /// <summary>The answer is something else.</summary>
    public static AtProtoException NotTheLexicons(this XrpcRequest request, JsonException e) =>
        request.Failed(AtProtoFailure.Malformed, $"the answer is not what the lexicon says ({e.Message.TrimEnd('.')})", e);

    /// <summary>The part of a query that names where a page begins; nothing for the first.</summary>
    public static string CursorOf(string? cursor) => cursor is { Length: > 0 } text ? $"&cursor={Uri.EscapeDataString(text)}" : "";
}
