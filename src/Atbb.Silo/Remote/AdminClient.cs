using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Atbb.Silo.Admin;
using Atbb.Silo.Commands;
using Atbb.Silo.Health;

namespace Atbb.Silo.Remote;

/// <summary>A serving process, asked over its admin HTTP. Every method throws <see cref="RemoteException"/> when it is not done.</summary>
sealed class AdminClient : IDisposable
{
    const string Runs = "api/admin/backfill";
    const string Errors = "api/admin/errors";
    const string Repos = "api/admin/repos";

    // Reading a repository by hand answers within half a minute, and a page of it later.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    readonly AdminAddress address;
    readonly HttpClient http;

    public AdminClient(AdminAddress address)
    {
        this.address = address;
        http = new HttpClient(new SocketsHttpHandler
        {
            // It would take the token along to where nobody has sent it.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !address.Url.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        })
        {
            BaseAddress = address.Url,
            Timeout = Patience,
        };
        if (address.Token is { } token)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Runs, the newest first.</summary>
    public Task<AdminAnswer<RunsAnswer>> ListRunsAsync(int limit, long? before, CancellationToken cancellationToken) =>
        SendAsync<RunsAnswer>(HttpMethod.Get, $"{Runs}{Query(("limit", limit), ("before", before))}", null, cancellationToken);

    /// <summary>One run.</summary>
    public Task<AdminAnswer<RunAnswer>> GetRunAsync(long id, CancellationToken cancellationToken) =>
        SendAsync<RunAnswer>(HttpMethod.Get, $"{Runs}/{id}", null, cancellationToken);

    /// <summary>A page of a run's errors; of the whole index where no run is named.</summary>
    public Task<AdminAnswer<ErrorsAnswer>> ListErrorsAsync(long? id, string? did, string? kind, long? after, int limit, CancellationToken cancellationToken) =>
        SendAsync<ErrorsAnswer>(HttpMethod.Get, $"{(id is null ? Errors : $"{Runs}/{id}/errors")}{Query(("did", did), ("kind", kind), ("after", after), ("limit", limit))}", null, cancellationToken);

    /// <summary>Asks for a run.</summary>
    public Task<AdminAnswer<StartAnswer>> StartAsync(string? force, IReadOnlyList<string> dids, CancellationToken cancellationToken) =>
        SendAsync<StartAnswer>(HttpMethod.Post, $"{Runs}{Query(("force", force))}", new StartBody(dids), cancellationToken);

    /// <summary>Asks for what failed in a run to be read again.</summary>
    public Task<AdminAnswer<StartAnswer>> RetryAsync(long id, CancellationToken cancellationToken) =>
        SendAsync<StartAnswer>(HttpMethod.Post, $"{Runs}/{id}/retry", null, cancellationToken);

    /// <summary>Stops a run, goes on with it, or ends it.</summary>
    /// <param name="id">The run.</param>
    /// <param name="change"><c>pause</c>, <c>resume</c> or <c>cancel</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AdminAnswer<RunAnswer>> ChangeAsync(long id, string change, CancellationToken cancellationToken) =>
        SendAsync<RunAnswer>(HttpMethod.Post, $"{Runs}/{id}/{change}", null, cancellationToken);

    /// <summary>What is known of a repository.</summary>
    /// <param name="name">Its DID or its handle.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AdminAnswer<RepoAnswer>> GetRepoAsync(string name, CancellationToken cancellationToken) =>
        SendAsync<RepoAnswer>(HttpMethod.Get, $"{Repos}/{Uri.EscapeDataString(name)}", null, cancellationToken);

    /// <summary>Has a repository read now; one that is large, for some time.</summary>
    /// <inheritdoc cref="GetRepoAsync"/>
    public Task<AdminAnswer<SyncAnswer>> SyncRepoAsync(string name, CancellationToken cancellationToken) =>
        SendAsync<SyncAnswer>(HttpMethod.Post, $"{Repos}/{Uri.EscapeDataString(name)}/sync", null, cancellationToken);

    /// <summary>Whether the process is ready. One that is not says so, which is an answer like any other.</summary>
    public Task<AdminAnswer<HealthAnswer>> GetHealthAsync(CancellationToken cancellationToken) =>
        SendAsync<HealthAnswer>(HttpMethod.Get, "health/ready", null, cancellationToken, alsoAnswers: HttpStatusCode.ServiceUnavailable);

    public void Dispose() => http.Dispose();

    async Task<AdminAnswer<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken, HttpStatusCode? alsoAnswers = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: AdminJson.Options);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode && answer.StatusCode != alsoAnswers)
                throw Refusal.Of(answer.StatusCode, text, address);

            var json = JsonSerializer.Deserialize<JsonElement>(text);
            return new(json, json.Deserialize<T>(AdminJson.Options) ?? throw new JsonException("null is no answer"));
        }
        // The bare one is met where a process that starts has only tried whether it gets its port.
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw new RemoteException(ExitCode.NotReachable, $"{address.Url} is not reachable ({(e.InnerException ?? e).Message.TrimEnd('.')}). Is atbb serve running there? --url names another address.", e) { MayPass = true };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteException(ExitCode.NotReachable, $"{address.Url} did not answer within {Patience.TotalSeconds:0} s. It may be doing it all the same: ask it again.", e) { MayPass = true };
        }
        catch (JsonException e)
        {
            throw new RemoteException(ExitCode.NotReachable, $"{address.Url} does not answer as atbb does: is it the address of atbb serve?", e);
        }
    }

    static string Query(params ReadOnlySpan<(string Name, object? Value)> parts)
    {
        var query = "";
        foreach (var (name, value) in parts)
            if (value is not null)
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture)!)}";
        return query;
    }
}
