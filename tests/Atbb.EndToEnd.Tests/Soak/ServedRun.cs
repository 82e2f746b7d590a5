using System.Net;
using Atbb.EndToEnd.Tests.Processes;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>A run of a service that may be killed, and whose database may be away, whenever it is asked.</summary>
/// <param name="site">Where it is.</param>
/// <param name="atbb">The service.</param>
/// <param name="type">What to ask for.</param>
/// <param name="dids">Whom to name.</param>
/// <param name="runId">The run, where it has been asked for already.</param>
sealed class ServedRun(AtbbSite site, AtbbProcess atbb, string type, IReadOnlyList<string> dids, long? runId) : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly AdminClient admin = new(site.AdminPort);
    readonly CancellationTokenSource stop = new();
    readonly List<Task> readings = [];
    Task ending = Task.CompletedTask;
    volatile bool isHeld;

    /// <summary>The run, as soon as it is known; null: nobody has been told of one.</summary>
    public long? RunId { get; private set; } = runId;

    /// <summary>Asks for the run unless there is one, and waits for its end.</summary>
    public Task<RunFigures> EndAsync(CancellationToken cancellationToken)
    {
        var end = WaitAsync(cancellationToken);
        ending = end;
        return end;
    }

    /// <summary>An operator pauses the run, if it can be done just now, and goes on with it later.</summary>
    /// <returns>Whether the run was paused.</returns>
    public async Task<bool> PauseAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (RunId is not { } id)
            return false;

        isHeld = true;
        try
        {
            using var answer = await admin.ChangeAsync(id, "pause");
            await Task.Delay(time, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (AdminClient.IsAway(e))
        {
            // Its database is away, or it has just ended. It may have been paused all the same.
            return false;
        }
        finally
        {
            isHeld = false;
        }
    }

    /// <summary>An operator has a repository read now. It may take longer than the run, and nothing here waits for it.</summary>
    public void ReadNow(string did) => readings.Add(ReadAsync(did));

    /// <summary>Asks no longer.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(readings);
    }

    public void Dispose()
    {
        stop.Dispose();
        admin.Dispose();
    }

    async Task ReadAsync(string did)
    {
        try
        {
            using var answer = await admin.Http.PostAsync($"/api/admin/repos/{did}/sync", content: null, stop.Token);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted || (int)answer.StatusCode >= 500, $"{did}: {answer.StatusCode}\n{atbb}");
        }
        catch (Exception e) when (AdminClient.IsAway(e) || stop.IsCancellationRequested)
        {
            // It was killed, or the run is over.
        }
    }

    async Task<RunFigures> WaitAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        while (true)
        {
            try
            {
                if (await LookAsync() is { } run)
                    return run;
            }
            catch (Exception e) when (AdminClient.IsAway(e))
            {
                // It is starting, or killed, or its database is away.
            }

            await Task.Delay(Pause, either.Token);
        }
    }

    async Task<RunFigures?> LookAsync()
    {
        // Whoever was killed may have begun it and told nobody.
        RunId ??= (await admin.RunsAsync()).FirstOrDefault(run => run.Status is "in_progress" or "paused")?.RunId;
        if (RunId is not { } id)
        {
            using var answer = await admin.StartAsync(type, type is "full_sync" ? dids : []);
            Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Conflict || (int)answer.StatusCode >= 500, $"{answer.StatusCode}\n{atbb}");
            return null;
        }

        var run = await admin.RunAsync(id);
        Assert.True(run.Status is "in_progress" or "paused" or "completed", $"The run has ended as {run.Status}: {run.LastError}\n{atbb}");
        // Paused it stays, also over a kill, until somebody says otherwise.
        if (run.Status is "paused" && !isHeld)
            (await admin.ChangeAsync(id, "resume")).Dispose();
        return run.Status is "completed" ? run : null;
    }
}
