using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Hosting;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin.Events;

/// <summary>
/// A run's progress as server-sent events: <c>progress</c> at once and at every change, <c>end</c> when the run has ended, and then nothing more.
/// Each has the whole run, so there is nothing to be caught up with after a break.
/// </summary>
sealed class RunEvents(RunProgress run, IBackfillGrain backfill, ProgressFeed feed, TimeProvider time) : IResult
{
    // Proxies give up a connection on which nothing was said for a minute, most often.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    /// <summary>The id of a run's last event.</summary>
    public static string IdOfEnd(long runId) => $"{runId}.end";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        httpContext.Response.ContentType = "text/event-stream";
        httpContext.Response.Headers.CacheControl = "no-store";
        // Some proxies keep an answer until it is whole.
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await WriteAsync(new EventStream(httpContext.Response.Body, services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions), over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The listener has gone, or this process goes and the listener comes back to another.
        }
        catch (Exception e) when (Trouble.MayPass(e, over.Token))
        {
            // Too late for a problem: the listener comes back, and is told then.
        }
    }

    /// <summary>Writes until the run has ended.</summary>
    internal async Task WriteAsync(EventStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteReconnectionAsync(Reconnection, cancellationToken);
        if (await WriteAsync(stream, run, cancellationToken))
            return;

        using var listener = feed.Listen();
        while (true)
        {
            var next = listener.NextAsync(cancellationToken).AsTask();
            while (!await ComesAsync(next, cancellationToken))
                await stream.WriteHeartbeatAsync(cancellationToken);

            // Another run is under way by now: what has become of this one?
            var now = await next;
            if (now.RunId != run.RunId)
                now = await backfill.GetRunAsync(run.RunId);
            if (now is null || await WriteAsync(stream, now, cancellationToken))
                return;
        }
    }

    /// <summary>Whether it comes before it is time for a heartbeat.</summary>
    async Task<bool> ComesAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(Heartbeat, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // It may have come just then.
            return next.IsCompleted;
        }
    }

    /// <summary>Writes the run as it stands.</summary>
    /// <returns>Whether it has ended.</returns>
    async Task<bool> WriteAsync(EventStream stream, RunProgress now, CancellationToken cancellationToken)
    {
        if (now.IsFinished)
            await stream.WriteAsync("end", IdOfEnd(now.RunId), RunAnswer.Of(now), cancellationToken);
        else
            await stream.WriteAsync("progress", $"{now.RunId}.{time.GetUtcNow().ToUnixTimeMilliseconds()}", RunAnswer.Of(now), cancellationToken);
        return now.IsFinished;
    }
}
