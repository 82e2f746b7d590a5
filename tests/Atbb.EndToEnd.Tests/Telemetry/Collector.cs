using System.Collections.Concurrent;
using System.Text;
using Atbb.Testing.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>An OpenTelemetry collector on loopback that keeps what it is sent: OTLP over HTTP, in protobuf.</summary>
sealed class Collector : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, Span> spans = new();
    int metrics;

    Collector(WebApplication app) => this.app = app;

    public string Address { get; } = $"http://127.0.0.1:{LoopbackPorts.Take()}";

    public IReadOnlyDictionary<string, Span> Spans => spans;

    /// <summary>Whether metrics have been sent.</summary>
    public bool HasMetrics => Volatile.Read(ref metrics) > 0;

    public static async Task<Collector> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector.app.Run(collector.TakeAsync);
        collector.app.Urls.Add(collector.Address);
        await collector.app.StartAsync(cancellationToken);
        return collector;
    }

    /// <summary>A span and all above it, the nearest first.</summary>
    public IEnumerable<Span> From(Span span)
    {
        for (Span? at = span; at is not null; at = spans.GetValueOrDefault(at.Parent))
            yield return at;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.Path == "/v1/metrics")
            Interlocked.Increment(ref metrics);
        if (context.Request.Path != "/v1/traces")
            return;

        // ExportTraceServiceRequest.resource_spans.scope_spans.spans, of opentelemetry/proto/trace/v1/trace.proto.
        foreach (var span in Fields(body.ToArray(), 1).SelectMany(of => Fields(of, 2)).SelectMany(of => Fields(of, 2)))
        {
            var id = Id(span, 2);
            spans[id] = new Span(id, Id(span, 4), Encoding.UTF8.GetString(Fields(span, 5).Single()));
        }
    }

    static string Id(byte[] span, int field) => Convert.ToHexString(Fields(span, field).SingleOrDefault() ?? []);

    /// <summary>The fields of a protobuf message that have that number and a length.</summary>
    static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Number(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Number(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Number(message, ref at);
                    at += length;
                    if (tag >> 3 == number)
                        yield return message[(at - length)..at];
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"There is no field of kind {tag & 7}.");
            }
        }
    }

    static long Number(byte[] message, ref int at)
    {
        long number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            number |= (long)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }
    }

    internal sealed record Span(string Id, string Parent, string Name);
}
