using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Atbb.Testing.RealPds;

/// <summary>One XRPC call, with an error that says what the PDS said.</summary>
static class RealPdsCall
{
    public static Task<JsonElement> GetAsync(HttpClient http, Uri pds, string target, CancellationToken cancellationToken) =>
        SendAsync(http, new HttpRequestMessage(HttpMethod.Get, new Uri(pds, "/xrpc/" + target)), cancellationToken);

    public static Task<JsonElement> GetAsync(HttpClient http, Uri pds, string target, AuthenticationHeaderValue authorization, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(pds, "/xrpc/" + target));
        request.Headers.Authorization = authorization;
        return SendAsync(http, request, cancellationToken);
    }

    public static Task<JsonElement> PostAsync(
        HttpClient http, Uri pds, string method, string? json, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pds, "/xrpc/" + method));
        request.Headers.Authorization = authorization;
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return SendAsync(http, request, cancellationToken);
    }

    /// <summary>Posts a repository as a file.</summary>
    public static Task PostCarAsync(HttpClient http, Uri pds, string method, byte[] car, AuthenticationHeaderValue authorization, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pds, "/xrpc/" + method));
        request.Headers.Authorization = authorization;
        request.Content = new ByteArrayContent(car) { Headers = { ContentType = new("application/vnd.ipld.car") } };
        return SendAsync(http, request, cancellationToken);
    }

    static async Task<JsonElement> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HttpRequestException(
                    $"{request.RequestUri} answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}", null, answer.StatusCode);
            }

            if (body.Length == 0)
                return default;
            // A record may nest deeper than the reader's default.
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1_000 });
            return document.RootElement.Clone();
        }
    }
}
