using Atbb.Client;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>An AppView's process beside the service's: over the cluster's table on PostgreSQL, over the gateway on SQLite.</summary>
public sealed class ClientTests
{
    static readonly SampleForumOptions Size = new() { Users = 12, PostsPerUser = 10 };

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds { get; } = [.. TestDatabase.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Watch_ServiceIsKilledAndStartedAgain_GoesOnToTheEndOfTheRun(DatabaseKind kind)
    {
        await using var it = await ForumCase.CreateAsync(kind, Size, "Backfill:Concurrency=2");
        await using var atbb = ClientOf(it);
        var middle = it.Pds.Log.AnsweredAsync(16, request => request.IsListing, Ends);
        using var held = HeldPages.After(it.Pds, 16);
        await using var first = it.Site.Serve();
        var started = await atbb.StartAsync(RunType.FullSync, it.Dids, cancellationToken: Ends);
        Assert.Equal(StartOutcome.Started, started.Outcome);

        var states = new List<RunProgress>();
        var seen = new TaskCompletionSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var run in atbb.WatchAsync(Ends))
            {
                states.Add(run);
                seen.TrySetResult();
            }
        }, Ends);
        await Task.WhenAll(seen.Task, middle).WaitAsync(AtbbProcess.Patience, Ends);
        await first.KillAsync();
        held.LetGo();
        Assert.False(watching.IsCompleted, $"The watch ended with the service.\n{first}");
        await using var second = it.Site.Serve();
        await watching.WaitAsync(AtbbProcess.Patience, Ends);

        Assert.Equal(RunStatus.InProgress, states[0].Status);
        Assert.All(states, run => Assert.Equal(started.RunId, run.RunId));
        Assert.True(states[^1].Status is RunStatus.Completed, $"{states[^1]}\n{second}");
        Assert.Equal(states[^1].DidsTotal, states[^1].DidsDone);
        Assert.Equal(it.Forum.RecordCount, states[^1].Counts.Records);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Calls_GatewayByItsNameAlone_AreAnsweredWithWhateverDatabase(DatabaseKind kind)
    {
        await using var it = await ForumCase.CreateAsync(kind, Size);
        await using var atbb = new AtbbClient(new AtbbClientOptions { ForumDid = it.Forum.Forum.Did, Gateway = $"localhost:{it.Site.GatewayPort}", Patience = AtbbProcess.Patience });
        await using var service = it.Site.Serve();

        var started = await atbb.StartAsync(RunType.FullSync, it.Dids, cancellationToken: Ends);
        var last = await atbb.WatchAsync(Ends).LastAsync(Ends);

        Assert.Equal((started.RunId, RunStatus.Completed), (last.RunId, last.Status));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Calls_ClientIsThereBeforeTheService_AllOfThemAnswer(DatabaseKind kind)
    {
        await using var it = await ForumCase.CreateAsync(kind, Size);
        await using var atbb = ClientOf(it);
        var did = it.Dids.First();
        var user = it.Forum.Users[0];
        // A record that is not one: an error row.
        user.Put(ForumRecords.Post, "broken", """{"$type":"space.atbb.post","createdAt":"2026-01-01T00:00:00Z"}""");

        // Nothing listens yet, and a PostgreSQL has not even tables to look into.
        var early = atbb.DecideAsync(Ends);
        await using var service = it.Site.Serve();
        var decision = await early.WaitAsync(AtbbProcess.Patience, Ends);
        Assert.Equal((DecisionOutcome.FullSync, DecisionReason.NoCursor), (decision.Outcome, decision.Reason));
        Assert.Null(await atbb.GetProgressAsync(Ends));
        Assert.Empty(await atbb.WatchAsync(Ends).ToListAsync(Ends));

        // In the middle of a run: pause, resume, cancel.
        using var held = HeldPages.After(it.Pds, 5);
        var first = (await atbb.StartAsync(RunType.FullSync, it.Dids, cancellationToken: Ends)).RunId!.Value;
        var again = await atbb.StartAsync(cancellationToken: Ends);
        Assert.Equal((StartOutcome.AlreadyRunning, first), (again.Outcome, again.RunId));
        Assert.Equal(RunStatus.Paused, (await atbb.PauseAsync(first, Ends))?.Status);
        Assert.Equal(RunStatus.Paused, (await atbb.WatchAsync(Ends).LastAsync(Ends)).Status);
        Assert.Equal(RunStatus.InProgress, (await atbb.ResumeAsync(first, Ends))?.Status);
        Assert.Equal(RunStatus.Cancelled, (await atbb.CancelAsync(first, Ends))?.Status);
        Assert.Null(await atbb.PauseAsync(first + 100, Ends));
        held.LetGo();

        var second = (await atbb.StartAsync(RunType.FullSync, it.Dids, cancellationToken: Ends)).RunId!.Value;
        var last = await atbb.WatchAsync(Ends).LastAsync(Ends);
        Assert.Equal((second, RunStatus.Completed), (last.RunId, last.Status));
        Assert.Equal([second, first], await atbb.ListRunsAsync(Ends).Select(run => run.RunId).ToListAsync(Ends));
        Assert.Equal(RunStatus.Cancelled, (await atbb.GetRunAsync(first, Ends))?.Status);

        var error = Assert.Single(await atbb.ListErrorsAsync(second, cancellationToken: Ends).ToListAsync(Ends));
        Assert.Equal((did, "missing_field"), (error.Did, error.Kind));
        Assert.Empty(await atbb.ListErrorsAsync(second, kind: "unreachable", cancellationToken: Ends).ToListAsync(Ends));
        Assert.Equal([error.Id], await atbb.ListOpenErrorsAsync(did, "missing_field", Ends).Select(open => open.Id).ToListAsync(Ends));
        Assert.Empty(await atbb.ListOpenErrorsAsync(kind: "unreachable", cancellationToken: Ends).ToListAsync(Ends));

        Assert.Equal([did], await atbb.FindByHandleAsync(user.Handle, Ends));
        Assert.IsType<RepoOutcome.Completed>((await atbb.SyncAsync(did, Ends)).Outcome);
        var report = await atbb.GetRepoAsync(did, Ends);
        Assert.Equal((user.Rev.Value, true), (report.Rev, report.IsKnown));

        var retry = await atbb.RetryAsync(second, cancellationToken: Ends);
        Assert.Equal((StartOutcome.Started, RunType.Retry), (retry.Outcome, retry.Type!.Value));
        Assert.Equal(RunStatus.Completed, (await atbb.WatchAsync(Ends).LastAsync(Ends)).Status);
    }

    [Fact]
    public async Task Dispose_DuringAWatchAndASync_CancelsThemAndRefusesOthers()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Size);
        await using var service = it.Site.Serve();
        var atbb = ClientOf(it);
        await atbb.DecideAsync(Ends);
        it.Pds.Latency = TimeSpan.FromSeconds(1);
        await atbb.StartAsync(RunType.FullSync, it.Dids, cancellationToken: Ends);
        var seen = new TaskCompletionSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var _ in atbb.WatchAsync(Ends))
                seen.TrySetResult();
        }, Ends);
        await seen.Task.WaitAsync(AtbbProcess.Patience, Ends);
        var syncing = atbb.SyncAsync(it.Dids.Last(), Ends);

        await atbb.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => syncing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => atbb.DecideAsync(Ends));
    }

    static AtbbClient ClientOf(ForumCase it) => new(new AtbbClientOptions
    {
        ForumDid = it.Forum.Forum.Did,
        Database = it.Database.Value,
        Gateway = $"127.0.0.1:{it.Site.GatewayPort}",
        Patience = AtbbProcess.Patience,
    });
}
