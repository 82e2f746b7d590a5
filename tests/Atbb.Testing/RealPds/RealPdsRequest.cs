using System.Text.Json;

namespace Atbb.Testing.RealPds;

/// <summary>A request as the server that got it has logged it.</summary>
/// <param name="Server">Which of the fixture's servers: its origin.</param>
/// <param name="Target">Path and query.</param>
/// <param name="UserAgent">How the client calls itself; empty when it does not say.</param>
/// <param name="Status">What it was answered.</param>
public sealed record RealPdsRequest(Uri Server, string Target, string UserAgent, int Status)
{
    const string Xrpc = "/xrpc/";

    /// <summary>The XRPC method, or the whole path of anything else.</summary>
    public string Method
    {
        get
        {
            var path = Target.Split('?')[0];
            return path.StartsWith(Xrpc, StringComparison.Ordinal) ? path[Xrpc.Length..] : path;
        }
    }

    /// <summary>A parameter of the query; null when it is not there.</summary>
    public string? Parameter(string name)
    {
        var query = Target.Split('?', 2) is [_, var text] ? text : "";
        return (from pair in query.Split('&')
                where pair.StartsWith(name + '=', StringComparison.Ordinal)
                select Uri.UnescapeDataString(pair[(name.Length + 1)..])).FirstOrDefault();
    }

    /// <summary>Reads the requests of a log, one JSON object a line, among whatever else a server has logged.</summary>
    internal static IEnumerable<RealPdsRequest> Read(string log)
    {
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = JsonSerializer.Deserialize<JsonElement>(line);
            if (!entry.TryGetProperty("req", out var request) || !entry.TryGetProperty("res", out var answer))
                continue;
            var headers = request.GetProperty("headers");
            yield return new(
                new Uri($"http://{headers.GetProperty("host").GetString()}"),
                request.GetProperty("url").GetString()!,
                headers.TryGetProperty("user-agent", out var agent) ? agent.GetString()! : "",
                answer.GetProperty("statusCode").ValueKind == JsonValueKind.Number ? answer.GetProperty("statusCode").GetInt32() : 0);
        }
    }
}
