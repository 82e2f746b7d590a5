using System.Net.Http.Json;
using System.Text.Json;

namespace Atbb.Sample.Tests;

/// <summary>Reads a PDS as any client would: with HTTP and JSON alone.</summary>
sealed record Page(string[] Rkeys, string? Cursor)
{
    public static async Task<Page> GetAsync(HttpClient http, string did, string collection, string query, CancellationToken cancellationToken)
    {
        var body = await http.GetFromJsonAsync<JsonElement>(
            $"/xrpc/com.atproto.repo.listRecords?repo={did}&collection={collection}&{query}", cancellationToken);
        var rkeys = body.GetProperty("records").EnumerateArray().Select(item => item.GetProperty("uri").GetString()!.Split('/')[^1]);
        return new Page([.. rkeys], body.TryGetProperty("cursor", out var cursor) ? cursor.GetString() : null);
    }

    /// <summary>Every page, the last one without a cursor included.</summary>
    public static async Task<List<Page>> GetAllAsync(HttpClient http, string did, string collection, string query, CancellationToken cancellationToken)
    {
        var pages = new List<Page>();
        do
        {
            var cursor = pages.Count == 0 ? "" : "&cursor=" + Uri.EscapeDataString(pages[^1].Cursor!);
            pages.Add(await GetAsync(http, did, collection, query + cursor, cancellationToken));
        }
        while (pages[^1].Cursor is not null);

        return pages;
    }
}
