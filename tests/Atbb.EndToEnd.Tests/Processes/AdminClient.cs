using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>The admin HTTP of a process, asked as an operator's program would ask it.</summary>
sealed class AdminClient : IDisposable
{
    const string Runs = "/api/admin/backfill";

    public AdminClient(int port, string? token = null)
        : this(new Uri($"http://127.0.0.1:{port}"), token)
    {
    }

    public AdminClient(Uri origin, string? token)
    {
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = origin };
        if (token is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http { get; }

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Waits until the service says that it is ready.</summary>
    public Task ReadyAsync(AtbbProcess process) => Poll.UntilAsync(
        async token => await StatusAsync("/health/ready", process, token) is HttpStatusCode.OK ? "ready" : null,
        AtbbProcess.Patience, () => $"the service to be ready.\n{process}");

    /// <summary>Asks for a run.</summary>
    public Task<HttpResponseMessage> StartAsync(string? force, params IReadOnlyList<string> dids) =>
        Http.PostAsJsonAsync(force is null ? Runs : $"{Runs}?force={force}", new { dids }, Ends);

    /// <summary>Asks for a run, which has to be begun.</summary>
    public async Task<long> MustStartAsync(string? force, params IReadOnlyList<string> dids)
    {
        using var answer = await StartAsync(force, dids);
        var body = await answer.Content.ReadAsStringAsync(Ends);
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted, $"{answer.StatusCode}: {body}");
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("runId").GetInt64();
    }

    /// <summary>A run as it stands.</summary>
    public async Task<RunFigures> RunAsync(long id) => RunFigures.Parse(await Http.GetStringAsync($"{Runs}/{id}", Ends));

    /// <summary>Asks for a change of a run: <c>pause</c>, <c>resume</c>, <c>cancel</c>.</summary>
    public Task<HttpResponseMessage> ChangeAsync(long id, string what) => Http.PostAsync($"{Runs}/{id}/{what}", content: null, Ends);

    /// <summary>All runs, the latest first.</summary>
    public async Task<IReadOnlyList<RunFigures>> RunsAsync()
    {
        using var json = JsonDocument.Parse(await Http.GetStringAsync(Runs, Ends));
        return [.. json.RootElement.GetProperty("runs").EnumerateArray().Select(run => RunFigures.Parse(run.GetRawText()))];
    }

    /// <summary>Waits until the latest run is completed; a run that ends otherwise fails the test.</summary>
    public async Task<RunFigures> CompletedAsync(AtbbProcess process, TimeSpan? limit = null)
    {
        var last = "nothing";
        return await Poll.UntilAsync(
            async token =>
            {
                if (process.HasEnded)
                    Assert.Fail($"The service has ended.\n{process}");
                try
                {
                    last = await Http.GetStringAsync($"{Runs}?limit=1", token);
                }
                catch (Exception e) when (IsAway(e))
                {
                    // It is starting, or its database is away.
                    last = e.Message;
                    return null;
                }

                using var json = JsonDocument.Parse(last);
                if (json.RootElement.GetProperty("runs").EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } first)
                    return null;
                var run = RunFigures.Parse(first.GetRawText());
                if (run.Status is not ("in_progress" or "completed"))
                    Assert.Fail($"The run has ended otherwise: {last}\n{process}");
                return run.Status is "completed" ? run : null;
            },
            limit ?? AtbbProcess.Patience, () => $"a run to be completed; last answer: {last}\n{process}");
    }

    /// <summary>Whether nobody answers. A listener that has closed again at once, killed or trying its port, is a bare socket's error.</summary>
    public static bool IsAway(Exception error) => error is HttpRequestException or SocketException;

    public void Dispose() => Http.Dispose();

    async Task<HttpStatusCode?> StatusAsync(string path, AtbbProcess process, CancellationToken cancellationToken)
    {
        if (process.HasEnded)
            Assert.Fail($"The service has ended.\n{process}");
        try
        {
            using var answer = await Http.GetAsync(path, cancellationToken);
            return answer.StatusCode;
        }
        catch (Exception e) when (IsAway(e))
        {
            return null;
        }
    }
}
