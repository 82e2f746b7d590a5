using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Atbb.Sample;
using Atbb.Silo.Admin;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Testing.Databases;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Atbb.Silo.Tests.Admin;

/// <summary>The real service with a forum on a sample PDS. Every answer of the admin HTTP is held against the service's own description of it.</summary>
sealed class AdminSite : IAsyncDisposable
{
    public const string Runs = "/api/admin/backfill";
    public const string Repos = "/api/admin/repos/";

    readonly SqliteFile file = new();
    ApiDescription description = null!;

    AdminSite(SamplePds pds) => Pds = pds;

    public SampleForum Forum { get; } = SampleForum.Generate(new() { Users = 3, PostsPerUser = 2 });

    public SamplePds Pds { get; }

    public HttpClient Http { get; } = new();

    public WebApplication App { get; private set; } = null!;

    public string IndexFile => file.Path;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static async Task<AdminSite> StartAsync(Action<AtbbSettings>? configure = null)
    {
        var site = new AdminSite(await SamplePds.StartAsync());
        site.Forum.HostOn(site.Pds);
        var settings = new AtbbSettings { Database = site.file.Path, PlcDirectory = site.Pds.Origin };
        settings.Forum.Did = site.Forum.Forum.Did;
        settings.Network.AllowPrivateAddresses = true;
        settings.Network.MaxRetries = 0;
        settings.Politeness.RequestsPerSecond = 0;
        settings.Backfill.OnStartup = false;
        settings.Backfill.MaxAttempts = 1;
        settings.Admin.Url = $"http://127.0.0.1:{SiloPorts.FirstFree(21_000)}";
        configure?.Invoke(settings);
        site.App = WebHosting.Build(settings, LogLevel.Warning);
        await site.App.StartAsync(Ends);
        site.Http.BaseAddress = new Uri(settings.Admin.Url);
        site.description = new ApiDescription(await site.Http.GetFromJsonAsync<JsonElement>(AdminDescription.Path, Ends));
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await Pds.DisposeAsync();
        file.Dispose();
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null) =>
        SendAsync(method, path, request => request.Content = body is null ? null : JsonContent.Create(body));

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage> shape)
    {
        using var request = new HttpRequestMessage(method, path);
        shape(request);
        using var answer = await Http.SendAsync(request, Ends);
        var text = await answer.Content.ReadAsStringAsync(Ends);
        var json = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        if (path.StartsWith("/api/admin/", StringComparison.Ordinal))
            description.Check(method, path, answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, json);
        return (answer.StatusCode, json);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string body, string? mediaType) => SendAsync(HttpMethod.Post, path, request =>
    {
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
    });

    public async Task<JsonElement> EndOfAsync(long id)
    {
        while (true)
        {
            var (_, run) = await SendAsync(HttpMethod.Get, $"{Runs}/{id}");
            if (run.GetProperty("status").GetString() is not "in_progress")
                return run;
            await Task.Delay(50, Ends);
        }
    }

    public async Task<long> StartRunAsync(string force)
    {
        var body = force is "full_sync" ? new { dids = Forum.Users.Select(user => user.Did) } : null;
        var (status, start) = await SendAsync(HttpMethod.Post, $"{Runs}?force={force}", body);
        Assert.Equal(HttpStatusCode.Accepted, status);
        return start.GetProperty("runId").GetInt64();
    }

    public async Task<long> FullSyncAsync()
    {
        var id = await StartRunAsync("full_sync");
        await EndOfAsync(id);
        return id;
    }

    public static void AssertProblem((HttpStatusCode Status, JsonElement Body) answer, HttpStatusCode status, string kind) =>
        Assert.Equal((status, $"urn:atbb:problem:{kind}"), (answer.Status, answer.Body.GetProperty("type").GetString()));
}
