using Atbb.Indexing.Batches;
using Atbb.Silo.Access;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Atbb.Silo.Telemetry;

/// <summary>The service as it is seen from outside: metrics for Prometheus, and metrics and traces to a collector where one is configured.</summary>
static class TelemetryHosting
{
    /// <summary>Where Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    // OpenTelemetry's own name, and its own way to be configured.
    const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // From a commit of a few rows to a host's last second.
    static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>Adds metrics, and traces if somebody takes them.</summary>
    public static void AddAtbbTelemetry(this WebApplicationBuilder builder)
    {
        var hasCollector = HasCollector(builder.Configuration);
        builder.Services.AddSingleton<VerdictMetrics>();
        builder.Services.AddSingleton<SurveyMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? "atbb-orleans"))
            .WithMetrics(metrics =>
            {
                // Not HttpClient's: they name hosts, and strangers name those.
                metrics
                    .AddMeter("Atbb.*", "Microsoft.Orleans", "Npgsql", "System.Runtime")
                    .AddView(instrument => instrument.Unit is "s" && instrument.Meter.Name.StartsWith("Atbb.", StringComparison.Ordinal)
                        ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds }
                        : null)
                    .AddPrometheusExporter();
                if (hasCollector)
                    metrics.AddOtlpExporter();
            });
        if (!hasCollector)
            return;

        telemetry.WithTracing(traces => traces
            .AddSource("Atbb.*", "Microsoft.Orleans.Application", "Npgsql", "System.Net.Http")
            .AddOtlpExporter());
        builder.Services.AddHostedService<SurveyRounds>();
    }

    /// <summary>Lets traces go on from grain to grain, where somebody takes them: every call pays for it.</summary>
    public static ISiloBuilder AddAtbbTraces(this ISiloBuilder silo) => HasCollector(silo.Configuration) ? silo.AddActivityPropagation() : silo;

    /// <summary>Maps <see cref="MetricsPath"/>, for whoever may use the admin HTTP: numbers tell of a forum what its operator may not want told.</summary>
    public static void MapAtbbMetrics(this WebApplication app)
    {
        app
            .MapPrometheusScrapingEndpoint(
                MetricsPath,
                meterProvider: null,
                reading => reading.Use(static async (context, next) =>
                {
                    // A newer Prometheus asks for names with dots in them, and every query would have to know which one it reads from.
                    context.Request.Headers.Accept = "text/plain";
                    await context.RequestServices.GetRequiredService<SurveyMetrics>().RefreshAsync(context.RequestAborted);
                    await next(context);
                }),
                optionsName: null)
            .RequireAuthorization(AdminAccess.Policy);
        // Only now: the endpoint has brought in whoever listens, and what was counted before that is not heard.
        app.Services.GetRequiredService<IndexMetrics>().BeginAtZero();
    }

    static bool HasCollector(IConfiguration configuration) => configuration[OtlpEndpoint] is { Length: > 0 };
}
