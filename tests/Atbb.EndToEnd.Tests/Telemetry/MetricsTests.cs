using System.Text.Json;
using System.Text.RegularExpressions;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Runs;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>Dashboard and alerts, held against what a process really says.</summary>
public sealed class MetricsTests
{
    // As Prometheus 3 sends it.
    const string Accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static string Deploy => Path.Combine(AppContext.BaseDirectory, "deploy");

    [Fact]
    public async Task Queries_OfDashboardAndAlerts_GiveDataFromTheFirstErrorOn()
    {
        Assert.SkipWhen(PrometheusServer.MayBeSkipped, "Prometheus is not installed.");
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

        await using var prometheus = await PrometheusServer.StartAsync(it.Site.AdminPort);
        // Every kind of error has a value before there is any: what rises from nothing has not risen, for Prometheus.
        await Poll.UntilAsync(
            async _ => (await prometheus.QueryAsync("atbb_errors_total == 0")).Count == FailureKinds.All.Count ? "all" : null,
            AtbbProcess.Patience, () => $"each of {FailureKinds.All.Count} kinds of error to be 0.\n{prometheus}\n{atbb}");

        await admin.MustStartAsync("full_sync", [.. it.Dids]);
        var first = await admin.CompletedAsync(atbb);
        await admin.MustStartAsync("catch_up");
        await admin.CompletedAsync(atbb);
        await Poll.UntilAsync(
            async token => await ReadAsync(admin, token) is var read && read.Of("atbb_index_whole").Any(sample => sample.Value == 0)
                && read.Sum("atbb_index_open_errors", "kind", "wrong_type_field") == 1 ? "said" : null,
            AtbbProcess.Patience, () => $"the index to be said to lack one record.\n{atbb}");
        it.Pds.Fault = request => request.Did == it.Forum.Forum.Did ? null : PdsFault.TooManyRequests(TimeSpan.FromMinutes(5));
        await admin.MustStartAsync("catch_up");
        var metrics = await Poll.UntilAsync(
            async token => await ReadAsync(admin, token) is var read && read.Sum("atbb_run_repos", "state", "parked") > 0
                && read.Sum("atbb_run_repos", "state", "awaiting_turn") > 0 && read.Of("atbb_host_turned_away_total").Any()
                && read.Sum("atbb_runs", "state", "completed") == 2 ? read : null,
            AtbbProcess.Patience, () => $"a repository to be parked, another one to wait for its turn, and both runs before to be counted.\n{atbb}");

        await AssertAnsweredAsync(prometheus);
        Assert.Equal(first.Counts.Indexed, metrics.Sum("atbb_records_total", "outcome", "indexed"));
        Assert.Equal(1, metrics.Sum("atbb_errors_total", "kind", "wrong_type_field"));
        Assert.True(metrics.Sum("atbb_repo_slices_total", "outcome", "unchanged") > 0);
        Assert.True(metrics.Sum("atbb_requests_total", "status_class", "429") > 0);
        Assert.True(metrics.Sum("atbb_host_wait_duration_seconds_count", "cause", "pace") > 0);
        Assert.All(
            metrics.Samples.SelectMany(sample => sample.Labels.Select(label => (sample.Metric, label.Key, label.Value))),
            label => Assert.False(
                label.Value.Contains("did:", StringComparison.Ordinal) || label.Value.Contains("at://", StringComparison.Ordinal)
                || (label.Metric.StartsWith("atbb_", StringComparison.Ordinal) && label.Value.Contains("127.0.0.1", StringComparison.Ordinal)),
                $"{label}"));
    }

    [Fact]
    public async Task Alerts_OnSeriesOfEachKind_FireWhenTheyShouldAndNotBefore()
    {
        Assert.SkipWhen(PrometheusServer.MayBeSkipped, "Prometheus is not installed.");
        const string Cases = "tests/Atbb.EndToEnd.Tests/Telemetry/alerts.test.yml";
        await using var promtool = AtbbProcess.StartShell(Checkout.Folder, $"exec promtool test rules {Cases}", new Dictionary<string, string?>());

        Assert.True(await promtool.ExitAsync() == 0, $"{promtool}");
        var tested = Checkout.Read(Cases);
        Assert.All(Regex.Matches(Checkout.Read("deploy/prometheus/atbb.rules.yml"), @"- alert: (\w+)"), alert => Assert.Contains($"alertname: {alert.Groups[1]}\n", tested, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rate(a[$__rate_interval])", "rate(a[1m])", "")]
    [InlineData("histogram_quantile(0.95, sum by (le, host) (a))", "histogram_quantile(0.95, sum by (le, host) (a))", "host")]
    [InlineData("sum(max by (state) (a))", "sum(max by (state) (a))", "")]
    public void OfPanel_Query_IsOfAMinuteAndKnowsItsLabels(string panel, string asked, string labels)
    {
        var query = PromQuery.OfPanel(panel);

        Assert.Equal((asked, labels), (query.Text, string.Join(',', query.Labels)));
    }

    [Fact]
    public void OfAlert_Alternatives_AreAskedEachForBothSides() =>
        Assert.Equal(
            ["min(a) == bool 0", "max(b) - max(b offset 1s) > bool 24 * 3600"],
            PromQuery.OfAlert("min(a) == 0 or max(b) - max(b offset 15m) > 24 * 3600").Select(query => query.Text));

    // Each of them is understood, and gives numbers that bear the labels by which they are told apart.
    static async Task AssertAnsweredAsync(PrometheusServer prometheus)
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "atbb-backfill.json"), Ends));
        var alerts = await prometheus.AlertsAsync();
        List<PromQuery> left =
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => PromQuery.OfPanel(target.GetProperty("expr").GetString()!)),
            .. alerts.SelectMany(alert => PromQuery.OfAlert(alert.Query)),
        ];
        Assert.True(left.Count > 30, $"Of dashboard and rules, only {left.Count} queries were found.");
        // Two values make a rate: of a series that has just begun, the next one is waited for.
        await Poll.UntilAsync(
            async _ =>
            {
                foreach (var query in left.ToList())
                {
                    var rows = await prometheus.QueryAsync(query.Text);
                    Assert.True(!query.MissingIn(rows).Any(), $"No label {string.Join(", ", query.MissingIn(rows))} in: {query.Text}");
                    if (rows.Count > 0)
                        left.Remove(query);
                }

                return left.Count == 0 ? "all" : null;
            },
            AtbbProcess.Patience, () => $"data for:\n{string.Join('\n', left.Select(query => query.Text))}\n{prometheus}");
        Assert.NotEmpty(await prometheus.QueryAsync("""increase(atbb_errors_total{kind="wrong_type_field"}[10m]) > 0"""));
        Assert.All(await prometheus.AlertsAsync(), alert => Assert.True(alert.Health == "ok", $"{alert}"));
    }

    static async Task<MetricsText> ReadAsync(AdminClient admin, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        using var answer = await admin.Http.SendAsync(request, cancellationToken);
        return MetricsText.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }
}
