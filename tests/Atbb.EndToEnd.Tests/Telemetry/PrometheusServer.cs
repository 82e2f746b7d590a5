using System.Globalization;
using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Testing;
using Atbb.Testing.Network;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>A real Prometheus on loopback, which asks one silo every two seconds and has the alerts of the repository.</summary>
sealed class PrometheusServer : IAsyncDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-prometheus-");
    readonly AtbbProcess process;
    readonly HttpClient http;

    PrometheusServer(int silo)
    {
        var port = LoopbackPorts.Take();
        // As deploy/prometheus/prometheus.yml has it, but for the pace, the place and the token.
        File.WriteAllText(Path.Combine(folder.FullName, "prometheus.yml"), $"""
            global:
              scrape_interval: 2s
              scrape_timeout: 2s
              evaluation_interval: 1s
            rule_files: ["{Path.Combine(AppContext.BaseDirectory, "deploy", "prometheus", "atbb.rules.yml")}"]
            scrape_configs:
              - job_name: atbb
                static_configs:
                  - targets: ["127.0.0.1:{silo}"]
            """);
        process = AtbbProcess.StartShell(
            folder.FullName, $"exec prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:{port}", new Dictionary<string, string?>());
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Whether tests that ask it may be skipped: there is none, and this is somebody's own machine. With <c>CI=true</c> they fail instead.</summary>
    public static bool MayBeSkipped => !IsThere && !CiMachine.IsThis;

    static bool IsThere => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "prometheus")));

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Starts it, and waits until it has what a silo says.</summary>
    public static async Task<PrometheusServer> StartAsync(int silo)
    {
        var server = new PrometheusServer(silo);
        try
        {
            await Poll.UntilAsync(
                async _ => server.process.HasEnded ? "ended" : await server.QueryAsync("up == 1") is { Count: > 0 } ? "asks" : null,
                AtbbProcess.Patience, () => $"Prometheus to have asked once.\n{server}");
            Assert.False(server.process.HasEnded, $"{server}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The labels of what a query gives now, of which each is a number; a query that cannot be understood fails the test.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(string query)
    {
        if (await AskAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}") is not { } data)
            return [];
        return
        [
            .. data.GetProperty("result").EnumerateArray()
                .Where(row => double.IsFinite(double.Parse(row.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))
                .Select(row => row.GetProperty("metric").EnumerateObject().Select(label => label.Name).ToList()),
        ];
    }

    /// <summary>The alerts that it has read: name, query, and whether it could be evaluated.</summary>
    public async Task<IReadOnlyList<(string Name, string Query, string Health)>> AlertsAsync()
    {
        var data = await AskAsync("/api/v1/rules?type=alert");
        Assert.NotNull(data);
        return
        [
            .. data.Value.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
                .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!, rule.GetProperty("health").GetString()!)),
        ];
    }

    public override string ToString() => $"{process}";

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await process.DisposeAsync();
        folder.Delete(recursive: true);
    }

    // Null: nobody listens yet.
    async Task<JsonElement?> AskAsync(string path)
    {
        string body;
        try
        {
            using var answer = await http.GetAsync(path, Ends);
            body = await answer.Content.ReadAsStringAsync(Ends);
        }
        catch (HttpRequestException)
        {
            return null;
        }

        // While it starts, it says so in plain text.
        if (!body.StartsWith('{'))
            return null;
        using var json = JsonDocument.Parse(body);
        Assert.True(json.RootElement.GetProperty("status").GetString() == "success", $"{Uri.UnescapeDataString(path)}: {body}");
        return json.RootElement.GetProperty("data").Clone();
    }
}
