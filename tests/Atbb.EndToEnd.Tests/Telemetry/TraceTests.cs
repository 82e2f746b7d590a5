using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>What a collector is sent.</summary>
public sealed class TraceTests
{
    const string Slice = "atbb.repo.slice";
    const string Request = "atbb.request";
    const string Transaction = "atbb.index.transaction";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_WithACollector_SendsTracesFromTheSliceToRequestAndSql()
    {
        await using var collector = await Collector.StartAsync(Ends);
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, new SampleForumOptions { Users = 3, PostsPerUser = 2 });
        await using var atbb = it.Site.ServeIn(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
        });
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(atbb);
        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        await admin.CompletedAsync(atbb);

        // HttpClient's span below our request, and the driver's below our transaction.
        await Poll.UntilAsync(
            _ => Task.FromResult(IsBelow(collector, Request) && IsBelow(collector, Transaction) ? "sent" : null),
            AtbbProcess.Patience, () => $"the ways from a slice to a request and to SQL, among {collector.Spans.Count} spans.\n{atbb}");

        // What has not been sent yet is sent at the end: metrics are, once a minute before. A host that has not got so far in its time says so.
        await atbb.SignalAsync("TERM");
        Assert.Equal(0, await atbb.ExitAsync());
        Assert.True(collector.HasMetrics || atbb.Errors.Contains("silo.stopped_out_of_order", StringComparison.Ordinal), $"{atbb}");
    }

    static bool IsBelow(Collector collector, string ours) => collector.Spans.Values
        .Select(span => collector.From(span).Select(static above => above.Name).ToList())
        .Any(way => way.Count > 2 && way[1] == ours && way.Contains(Slice));
}
