using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin;

/// <summary>What may come with a request for a run.</summary>
/// <param name="Dids">Repositories to know of from now on; a full sync reads them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record StartBody(IReadOnlyList<string>? Dids)
{
    /// <summary>
    /// Reads it. A request without a body has no media type that could be wrong, whatever its header says: <c>curl -X POST -d ''</c> calls nothing a
    /// form. The framework's own reading looks at the header first.
    /// </summary>
    /// <returns>The body, or what is wrong with it.</returns>
    public static async Task<(StartBody Body, IResult? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var none = new StartBody(Dids: null);
        try
        {
            using var text = new MemoryStream();
            await request.Body.CopyToAsync(text, cancellationToken);
            if (text.Length == 0)
                return (none, null);
            if (!request.HasJsonContentType())
                return (none, Problems.WrongMediaType(request.ContentType));

            text.Position = 0;
            var options = request.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            var body = await JsonSerializer.DeserializeAsync<StartBody>(text, options, cancellationToken);
            return body?.Dids?.Contains(null!) is true ? (none, Problems.BadBody("One of the DIDs is null.")) : (body ?? none, null);
        }
        catch (JsonException e)
        {
            return (none, Problems.BadBody(Fault(e)));
        }
        catch (BadHttpRequestException e)
        {
            return (none, e.StatusCode is StatusCodes.Status413PayloadTooLarge ? Problems.BodyTooLarge() : Problems.BadBody("The body broke off."));
        }
    }

    // The exception's own sentence names this program's types.
    static string Fault(JsonException e) => e switch
    {
        { InnerException: JsonException } => $"The body is not JSON: see line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.",
        { Path: { } path } when path.StartsWith("$.dids", StringComparison.Ordinal) => $"What is at {path} of the body is not what is asked for: dids is a list of DIDs, each a text.",
        { Path: { Length: > 1 } path } => $"Nothing is asked for that would be at {path} of the body.",
        _ => "The body is not a JSON object.",
    };
}
