using System.Text.Json;

namespace Atbb.Silo.Admin.Events;

/// <summary>Writes server-sent events. By hand, since the framework's way has no comments, and so nothing that keeps a silent connection alive.</summary>
sealed class EventStream(Stream body, JsonSerializerOptions json)
{
    /// <summary>How long a browser waits before it comes back to a stream that broke.</summary>
    public Task WriteReconnectionAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        WriteAsync($"retry: {(long)wait.TotalMilliseconds}\n\n", cancellationToken);

    /// <summary>An event with JSON, which has no line ends.</summary>
    public Task WriteAsync<T>(string name, string id, T data, CancellationToken cancellationToken) =>
        WriteAsync($"event: {name}\nid: {id}\ndata: {JsonSerializer.Serialize(data, json)}\n\n", cancellationToken);

    /// <summary>A comment, which says that the connection lives.</summary>
    public Task WriteHeartbeatAsync(CancellationToken cancellationToken) => WriteAsync(": still here\n\n", cancellationToken);

    async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}
