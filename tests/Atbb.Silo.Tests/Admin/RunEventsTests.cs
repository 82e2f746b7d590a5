using System.Net;
using System.Text.Json;
using Atbb.Sample;

namespace Atbb.Silo.Tests.Admin;

/// <summary>A run watched over HTTP.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class RunEventsTests : IAsyncLifetime
{
    AdminSite site = null!;
    TaskCompletionSource released = null!;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        site = await AdminSite.StartAsync();
        released = new TaskCompletionSource();
        site.Pds.Fault = _ => PdsFault.HeldUntil(released.Task);
    }

    public async ValueTask DisposeAsync()
    {
        released.TrySetResult();
        await site.DisposeAsync();
    }

    async Task<StreamReader> ListenAsync(long id)
    {
        var answer = await site.Http.GetAsync($"{AdminSite.Runs}/{id}/events", HttpCompletionOption.ResponseHeadersRead, Ends);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Ends));
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    static async Task<(string Name, string Id, JsonElement Run)?> NextAsync(StreamReader stream)
    {
        var lines = new Dictionary<string, string>();
        while (await stream.ReadLineAsync(Ends) is { } line)
        {
            if (line.Length == 0 && lines.TryGetValue("data", out var data))
                return (lines["event"], lines["id"], JsonDocument.Parse(data).RootElement);
            if (line.Split(": ", 2) is [{ Length: > 0 } field, var value])
                lines[field] = value;
        }

        return null;
    }

    static string StatusOf(JsonElement run) => run.GetProperty("status").GetString()!;

    [Fact]
    public async Task Events_OfARun_BeginWithItsStateAndEndWithIt()
    {
        var id = await site.StartRunAsync("full_sync");
        using var one = await ListenAsync(id);
        using var other = await ListenAsync(id);

        foreach (var stream in new[] { one, other })
        {
            var first = (await NextAsync(stream))!.Value;
            Assert.Equal(("progress", "in_progress", id), (first.Name, StatusOf(first.Run), first.Run.GetProperty("runId").GetInt64()));
        }

        released.SetResult();
        foreach (var stream in new[] { one, other })
        {
            var last = default((string Name, string Id, JsonElement Run));
            while (await NextAsync(stream) is { } next)
                last = next;
            Assert.Equal(("end", $"{id}.end", "completed"), (last.Name, last.Id, StatusOf(last.Run)));
        }
    }

    [Fact]
    public async Task Events_OfARunThatHasEnded_AreItsEndAndAskedForAgainNothing()
    {
        released.SetResult();
        var id = await site.FullSyncAsync();

        using (var stream = await ListenAsync(id))
        {
            Assert.Equal("end", (await NextAsync(stream))!.Value.Name);
            Assert.Null(await NextAsync(stream));
        }

        var again = await site.SendAsync(HttpMethod.Get, $"{AdminSite.Runs}/{id}/events", request => request.Headers.Add("Last-Event-ID", $"{id}.end"));
        Assert.Equal(HttpStatusCode.NoContent, again.Status);
    }

    [Fact]
    public async Task Events_OfARunThatIsPaused_GoOnWhenItDoes()
    {
        using var turns = new SemaphoreSlim(0);
        site.Pds.Fault = _ => PdsFault.HeldUntil(Task.WhenAny(turns.WaitAsync(Ends), released.Task));
        var id = await site.StartRunAsync("full_sync");
        using var stream = await ListenAsync(id);

        // A pause waits for the pages in flight. One answer at a time, and none ahead: the run would else be at its end before it is asked to pause.
        var pausing = site.SendAsync(HttpMethod.Post, $"{AdminSite.Runs}/{id}/pause");
        while (await Task.WhenAny(pausing, Task.Delay(250, Ends)) != pausing)
            if (turns.CurrentCount == 0)
                turns.Release();
        Assert.Equal("paused", StatusOf((await pausing).Body));
        released.SetResult();

        var run = (await NextAsync(stream))!.Value.Run;
        while (StatusOf(run) is not "paused")
            run = (await NextAsync(stream))!.Value.Run;
        await site.SendAsync(HttpMethod.Post, $"{AdminSite.Runs}/{id}/resume");

        while (StatusOf(run) is not "completed")
            run = (await NextAsync(stream))!.Value.Run;
        Assert.Null(await NextAsync(stream));
    }

    [Fact]
    public async Task Events_WhenTheServiceStops_EndAtOnce()
    {
        var id = await site.StartRunAsync("full_sync");
        using var stream = await ListenAsync(id);
        await NextAsync(stream);

        var stopping = site.App.StopAsync(CancellationToken.None);

        // An end, and not a connection that the host has torn down because somebody held on to it for too long.
        while (await NextAsync(stream) is not null)
        {
        }

        released.SetResult();
        await stopping;
    }
}
