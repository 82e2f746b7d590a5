using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Atbb.Sample;

/// <summary>A way for a <see cref="SamplePds"/> not to answer as it should.</summary>
public sealed class PdsFault
{
    readonly Func<HttpContext, PdsAnswer, TimeProvider, CancellationToken, Task> act;

    PdsFault(Func<HttpContext, PdsAnswer, TimeProvider, CancellationToken, Task> act) => this.act = act;

    /// <summary>Accepts the request and never answers.</summary>
    public static PdsFault Hang { get; } = new((_, _, _, ending) => Task.Delay(Timeout.Infinite, ending));

    /// <summary>Drops the connection before the first byte of an answer.</summary>
    public static PdsFault Drop { get; } = new((_, _, _, _) => Task.CompletedTask) { DropsConnection = true };

    /// <summary>Sends the headers (with the whole length) and half of the body, then drops the connection.</summary>
    public static PdsFault DropHalfway { get; } = new(async (context, answer, _, ending) =>
    {
        var body = Begin(context, answer);
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), ending);
        await context.Response.Body.FlushAsync(ending);
    })
    { DropsConnection = true };

    /// <summary>Sends half of the body as if it were all: well-formed HTTP, broken JSON.</summary>
    public static PdsFault CutShort { get; } = new(async (context, answer, _, ending) =>
    {
        var body = answer.Body();
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = body.Length / 2;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), ending);
    });

    /// <summary>200 with bytes that are no JSON.</summary>
    public static PdsFault Garbage { get; } = Verbatim(200, "application/json", [0x7b, 0xff, 0x00, 0x22, 0x1f, 0x8b]);

    /// <summary>The true answer, some bytes at a time.</summary>
    public static PdsFault Drip(int bytes, TimeSpan every) => new(async (context, answer, time, ending) =>
    {
        var body = Begin(context, answer);
        for (var at = 0; at < body.Length; at += bytes)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(at, Math.Min(bytes, body.Length - at)), ending);
            await context.Response.Body.FlushAsync(ending);
            await Task.Delay(every, time, ending);
        }
    });

    /// <summary>The true answer, later.</summary>
    public static PdsFault Late(TimeSpan by) => new(async (context, answer, time, ending) =>
    {
        await Task.Delay(by, time, ending);
        await context.Response.Body.WriteAsync(Begin(context, answer), ending);
    });

    /// <summary>The true answer once <paramref name="released"/> ends: to hold a request while something else happens.</summary>
    public static PdsFault HeldUntil(Task released) => new(async (context, answer, _, ending) =>
    {
        await released.WaitAsync(ending);
        await context.Response.Body.WriteAsync(Begin(context, answer), ending);
    });

    /// <summary>An error of the protocol.</summary>
    public static PdsFault Error(int status, string error, string message = "")
    {
        var answer = PdsAnswer.Error(status, error, message);
        return Verbatim(status, answer.ContentType, answer.Body());
    }

    /// <summary>An error page of something in front of the PDS.</summary>
    public static PdsFault Html(int status) => Verbatim(
        status, "text/html", Encoding.UTF8.GetBytes($"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"));

    /// <summary>429, as a PDS says it.</summary>
    /// <param name="retryAfter"><c>Retry-After</c>, in whole seconds; null leaves it out, as older PDSes do.</param>
    /// <param name="reset"><c>RateLimit-Reset</c>, in Unix seconds; null leaves the <c>RateLimit-</c> headers out.</param>
    public static PdsFault TooManyRequests(TimeSpan? retryAfter = null, DateTimeOffset? reset = null)
    {
        var headers = new List<(string, string)>();
        if (retryAfter is { } wait)
            headers.Add(("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        if (reset is { } at)
        {
            headers.Add(("RateLimit-Limit", "3000"));
            headers.Add(("RateLimit-Remaining", "0"));
            headers.Add(("RateLimit-Reset", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
            headers.Add(("RateLimit-Policy", "3000;w=300"));
        }

        var answer = PdsAnswer.Error(429, "RateLimitExceeded", "Rate Limit Exceeded");
        return Verbatim(answer.Status, answer.ContentType, answer.Body(), [.. headers]);
    }

    /// <summary>A redirect.</summary>
    public static PdsFault Redirect(Uri to) => Verbatim(302, "text/plain", [], ("Location", to.ToString()));

    /// <summary>This JSON instead of the true answer.</summary>
    public static PdsFault Json(string body) => Verbatim(200, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body));

    /// <summary>Exactly this.</summary>
    public static PdsFault Verbatim(int status, string contentType, byte[] body, params (string Name, string Value)[] headers) =>
        new(async (context, _, _, ending) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            context.Response.ContentLength = body.Length;
            foreach (var (name, value) in headers)
                context.Response.Headers[name] = value;
            await context.Response.Body.WriteAsync(body, ending);
        });

    /// <summary>The true answer's JSON, changed.</summary>
    public static PdsFault Edited(Action<JsonObject> edit) => new(async (context, answer, _, ending) =>
    {
        var body = JsonNode.Parse(answer.Body())!.AsObject();
        edit(body);
        await context.Response.Body.WriteAsync(Begin(context, PdsAnswer.Of(answer.Status, body)), ending);
    });

    /// <summary>The true answer's bytes, changed: each is a character, so that what is no JSON and no UTF-8 can be written too.</summary>
    /// <exception cref="InvalidOperationException">Nothing was changed: what looks like a fault would be none.</exception>
    public static PdsFault Rewritten(Func<string, string> rewrite) => new(async (context, answer, _, ending) =>
    {
        var before = Encoding.Latin1.GetString(answer.Body());
        var after = rewrite(before);
        if (after == before)
            throw new InvalidOperationException($"The answer to {context.Request.Path} was to be rewritten and is as it was.");

        var body = Encoding.Latin1.GetBytes(after);
        await context.Response.Body.WriteAsync(Begin(context, answer with { Parts = [body] }), ending);
    });

    /// <summary>Whether the connection is cut when the fault has run its course.</summary>
    internal bool DropsConnection { get; private init; }

    /// <param name="context">The request.</param>
    /// <param name="answer">What would have been answered.</param>
    /// <param name="time">The clock of delays.</param>
    /// <param name="ending">The client has left, or the PDS stops.</param>
    internal Task ActAsync(HttpContext context, PdsAnswer answer, TimeProvider time, CancellationToken ending) =>
        act(context, answer, time, ending);

    static byte[] Begin(HttpContext context, PdsAnswer answer)
    {
        var body = answer.Body();
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = body.Length;
        return body;
    }
}
