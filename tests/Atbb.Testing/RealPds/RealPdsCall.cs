using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Atbb.Testing.RealPds;

/// <summary>One XRPC call, with an error that says what the PDS said.</summary>
static class RealPdsCall
{
    public static Task<JsonElement> GetAsync(HttpClient http, Uri pds, string target, CancellationToken cancellationToken) =>
        GetAsync(http, pds, target, authorization: null, cancellationToken);

    public static Task<JsonElement> GetAsync(HttpClient http, Uri pds, string target, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken) =>
        SendAsync(http, HttpMethod.Get, pds, target, content: null, authorization, cancellationToken);

    public static Task<JsonElement> PostAsync(
        HttpClient http, Uri pds, string method, string? json, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken) =>
        SendAsync(http, HttpMethod.Post, pds, method, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"), authorization, cancellationToken);

    /// <summary>Posts a repository as a file.</summary>
    public static Task PostCarAsync(HttpClient http, Uri pds, string method, byte[] car, AuthenticationHeaderValue authorization, CancellationToken cancellationToken) =>
        SendAsync(http, HttpMethod.Post, pds, method, new ByteArrayContent(car) { Headers = { ContentType = new("application/vnd.ipld.car") } }, authorization, cancellationToken);

    static async Task<JsonElement> SendAsync(
        HttpClient http, HttpMethod verb, Uri pds, string target, HttpContent? content, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(verb, new Uri(pds, "/xrpc/" + target)) { Content = content };
        request.Headers.Authorization = authorization;
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
