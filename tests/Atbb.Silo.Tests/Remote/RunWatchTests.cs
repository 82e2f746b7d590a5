using System.Net;
using System.Text.Json;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Commands;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Silo.Tests.Remote;

public sealed class RunWatchTests : IProgressDisplay
{
    static readonly AdminAddress Address = new(new Uri("http://127.0.0.1:9/"), null);

    readonly FakeTimeProvider time = new();
    readonly List<string> notes = [];
    readonly List<RunStatus> shown = [];

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ShowAsync_AServiceThatRestartsTwice_IsWaitedForAndToldOnceEachTime()
    {
        var asked = 0;
        var run = await WatchAsync(() => ++asked switch
        {
            // Nobody answers; then a proxy's word, or that of a process that has no database yet.
            2 => throw new RemoteException(ExitCode.NotReachable, "Gone.") { MayPass = true },
            3 or 6 => throw Refusal.Of(HttpStatusCode.ServiceUnavailable, "", Address),
            7 => RunStatus.Completed,
            _ => RunStatus.InProgress,
        });

        Assert.Equal(RunStatus.Completed, run.Value.Status);
        Assert.Equal([RunStatus.InProgress, RunStatus.InProgress, RunStatus.InProgress, RunStatus.Completed], shown);
        Assert.Equal(2, notes.Count);
        Assert.Equal("The service is away, and is waited for, 60 s at most. Gone.", notes[0]);
    }

    [Fact]
    public async Task ShowAsync_AServiceThatStaysAway_IsGivenUpAfterAMinute()
    {
        // It has answered for longer than that before.
        var asked = 0;
        long? gone = null;
        var away = await Assert.ThrowsAsync<RemoteException>(() => WatchAsync(() =>
        {
            if (++asked <= 90)
                return RunStatus.InProgress;
            gone ??= time.GetTimestamp();
            throw new RemoteException(ExitCode.NotReachable, "Gone.") { MayPass = true };
        }));

        Assert.Equal((ExitCode.NotReachable, "Gone."), (away.ExitCode, away.Message));
        Assert.InRange(time.GetElapsedTime(gone!.Value), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(62));
        Assert.Single(notes);
    }

    [Fact]
    public async Task ShowAsync_ARefusal_EndsAtOnce()
    {
        var refused = await Assert.ThrowsAsync<RemoteException>(() => WatchAsync(() => throw Refusal.Of(HttpStatusCode.Unauthorized, "", Address)));

        Assert.Equal(ExitCode.TokenRefused, refused.ExitCode);
        Assert.Empty(notes);
    }

    [Fact]
    public async Task GetRunAsync_NobodyAnswers_MayPass()
    {
        using var client = new AdminClient(Address);

        Assert.True((await Assert.ThrowsAsync<RemoteException>(() => client.GetRunAsync(1, Ends))).MayPass);
    }

    async Task<AdminAnswer<RunAnswer>> WatchAsync(Func<RunStatus> answer)
    {
        var watch = new RunWatch(
            (id, _) => Task.FromResult(new AdminAnswer<RunAnswer>(default(JsonElement), RunAnswers.Of(answer(), id))), time).ShowAsync(1, this, Ends);
        // Whoever waits goes on on another thread: the clock is turned until it is done.
        while (!watch.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await watch;
    }

    void IProgressDisplay.Say(string message) => notes.Add(message);

    void IProgressDisplay.Note(string message) => notes.Add(message);

    async Task IProgressDisplay.ShowAsync(IAsyncEnumerable<RunProgress> run, CancellationToken cancellationToken)
    {
        await foreach (var progress in run.WithCancellation(cancellationToken))
            shown.Add(progress.Status);
    }
}
