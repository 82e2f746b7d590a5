using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Runs;
using Atbb.Sample;
using YamlDotNet.RepresentationModel;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>Dashboard and alerts, held against what a process really says.</summary>
public sealed class MetricsTests
{
    // What Prometheus itself knows of whom it asks.
    const string Up = "up";
    static readonly string[] OfTheScrape = ["job", "instance"];

    // As Prometheus 3 sends it.
    const string Accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static string Deploy => Path.Combine(AppContext.BaseDirectory, "deploy");

    [Fact]
    public async Task Queries_OfDashboardAndAlerts_FindTheirMetricsAndLabels()
    {
        // At a pace that has to be waited for, and two at a time: then there are some left to be turned away once the host wants a pause.
        await using var it = await ForumCase.CreateAsync(
            DatabaseKind.PostgreSql, new SampleForumOptions { Users = 15, PostsPerUser = 3 },
            "Politeness:RequestsPerSecond=20", "PlcPoliteness:RequestsPerSecond=20", "Backfill:Concurrency=2");
        it.Forum.Users[0].Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":5,"createdAt":"2026-01-01T00:00:00Z"}""");
        await using var atbb = it.Site.Serve();
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(atbb);
        await using (var index = it.Database.Open())
            await new IndexFacts(index, TimeProvider.System).SetFirehoseCursorAsync("jetstream", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000, Ends);

        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        var first = await admin.CompletedAsync(atbb);
        await admin.MustStartAsync("catch_up");
        await admin.CompletedAsync(atbb);
        it.Pds.Fault = request => request.Did == it.Forum.Forum.Did ? null : PdsFault.TooManyRequests(TimeSpan.FromMinutes(5));
        await admin.MustStartAsync("catch_up");
        var metrics = await Poll.UntilAsync(
            async token => await ReadAsync(admin, token) is var read && read.Sum("atbb_run_repos", "state", "parked") > 0 && read.Of("atbb_host_turned_away_total").Any() ? read : null,
            AtbbProcess.Patience, () => $"a repository to be parked.\n{atbb}");

        var queries = await QueriesAsync();
        Assert.True(queries.Count > 30, $"Of dashboard and rules, only {queries.Count} queries were found.");
        Assert.Empty(queries.SelectMany(query => query.MissingIn(metrics)));
        Assert.Equal(first.Counts.Indexed, metrics.Sum("atbb_records_total", "outcome", "indexed"));
        Assert.Equal(1, metrics.Sum("atbb_errors_total", "kind", "wrong_type_field"));
        Assert.True(metrics.Sum("atbb_repo_slices_total", "outcome", "unchanged") > 0);
        Assert.True(metrics.Sum("atbb_requests_total", "status_class", "429") > 0);
        Assert.True(metrics.Sum("atbb_host_wait_duration_seconds_count", "cause", "pace") > 0);
        Assert.Equal(2, metrics.Sum("atbb_runs", "state", "completed"));
        Assert.All(
            metrics.Samples.SelectMany(sample => sample.Labels.Select(label => (sample.Metric, label.Key, label.Value))),
            label => Assert.False(
                label.Value.Contains("did:", StringComparison.Ordinal) || label.Value.Contains("at://", StringComparison.Ordinal)
                || (label.Metric.StartsWith("atbb_", StringComparison.Ordinal) && label.Value.Contains("127.0.0.1", StringComparison.Ordinal)),
                $"{label}"));
    }

    [Theory]
    [InlineData("sum(atbb_none)", "atbb_none")]
    [InlineData("rate(atbb_runs{state=\"unheard\"}[5m])", "state=unheard")]
    [InlineData("max(atbb_runs{status=~\"a|b\"})", "status")]
    [InlineData("sum by (host) (atbb_runs)", "the label host")]
    [InlineData("atbb_runs > 0.05 * sum(atbb_lost offset 5m) and up", "atbb_lost")]
    public void MissingIn_QueryThatCannotBeAnswered_NamesWhatIsMissing(string query, string missing)
    {
        var metrics = MetricsText.Parse("# TYPE atbb_runs gauge\natbb_runs{state=\"failed\"} 1 1700000000000\nup 1\n");

        Assert.Contains(missing, Assert.Single(PromQuery.Parse(query).MissingIn(metrics)), StringComparison.Ordinal);
        Assert.Empty(PromQuery.Parse("sum by (state) (rate(atbb_runs{state=\"failed\"}[5m])) > 24 * 3600").MissingIn(metrics));
    }

    static async Task<MetricsText> ReadAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        using var answer = await admin.Http.SendAsync(request, cancellationToken);
        return MetricsText.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }

    static async Task<IReadOnlyList<PromQuery>> QueriesAsync()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "atbb-backfill.json"), Ends));
        var rules = new YamlStream();
        rules.Load(new StringReader(await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus", "atbb.rules.yml"), Ends)));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!)
                .Concat(rules.Documents[0].AllNodes.OfType<YamlMappingNode>()
                    .Where(rule => rule.Children.ContainsKey("expr"))
                    .Select(rule => ((YamlScalarNode)rule["expr"]).Value!))
                .Select(PromQuery.Parse)
                .Select(query => query with
                {
                    Selectors = [.. query.Selectors.Where(selector => selector.Metric != Up)],
                    Grouping = [.. query.Grouping.Except(OfTheScrape)],
                }),
        ];
    }
}
