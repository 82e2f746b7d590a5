using System.Text;
using System.Text.Json;

namespace Atbb.AppView.Backfill;

/// <summary>The state of the backfill as server-sent events. By hand, since the framework's way has no comments, and so nothing that keeps a silent connection alive.</summary>
sealed class BackfillEvents(BackfillFeed feed, TimeProvider time, CancellationToken stopping) : IResult
{
    // Proxies give up a connection on which nothing was said for a minute, most often.
    static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Some proxies keep an answer until it is whole.
        response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await WriteAsync(response.Body, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The reader has gone, or the site goes and the reader comes back to it.
        }
    }

    /// <summary>Writes until that is cancelled.</summary>
    internal async Task WriteAsync(Stream body, CancellationToken cancellationToken)
    {
        using var listener = feed.Listen();
        while (true)
        {
            var next = listener.NextAsync(cancellationToken).AsTask();
            while (!await ComesAsync(next, cancellationToken))
                await WriteAsync(body, ": still here\n\n", cancellationToken);
            await WriteAsync(body, $"data: {JsonSerializer.Serialize(await next, JsonSerializerOptions.Web)}\n\n", cancellationToken);
        }
    }

    /// <summary>Whether it comes before something has to be said.</summary>
    async Task<bool> ComesAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(KeepAlive, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // It may have come just then.
            return next.IsCompleted;
        }
    }

    static async Task WriteAsync(Stream body, string text, CancellationToken cancellationToken)
    {
        await body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}
