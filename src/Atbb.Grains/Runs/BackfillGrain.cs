using System.Data.Common;
using Atbb.AtProto;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Cluster;
using Atbb.Grains.Discovery;
using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Discovery;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Atbb.Grains.Runs;

/// <summary>
/// The backfill of one forum: decides, starts a run, drives it through its two phases and keeps its checkpoint. While a run is
/// unfinished a reminder comes back to it, so it goes on wherever its silo has gone.
/// </summary>
sealed partial class BackfillGrain(
    [PersistentState("backfill")] IPersistentState<BackfillGrainState> stored,
    RunStore runs,
    ErrorStore errors,
    RepoStore repos,
    SettledRepos settled,
    EmptiedRepos emptied,
    DiscoveryStore found,
    RelayReader relays,
    IndexFacts facts,
    IndexBoundary index,
    DatabasePatience patience,
    DatabaseOutage outage,
    RunMetrics metrics,
    IOptions<ForumOptions> forum,
    IOptions<BackfillOptions> options,
    IOptions<DiscoveryOptions> discovery,
    IOptions<AtProtoOptions> protocol,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    Random random,
    ILogger<BackfillGrain> logger) : Grain, IBackfillGrain, IRunListener, IRemindable, IDisposable
{
    const string ReminderName = "run";

    // For the log, where a run has no mark yet.
    const string FromTheStart = "nothing yet";

    readonly BackfillOptions options = options.Value;
    readonly DiscoveryOptions discovery = discovery.Value;
    readonly SemaphoreSlim saving = new(1);

    // The run as it is known to be stored: nobody is told of a state that a kill could take back.
    RunState? run;

    // As it is known to be stored, too.
    IReadOnlyList<KeyedStart> keyed = [];

    readonly RunPulse pulse = new(time);

    // What is under way in this activation: null when the run is not being driven here.
    CancellationTokenSource? stop;

    // Ends what is driven from within, for a bug that is not the driver's own.
    CancellationTokenSource? work;
    Exception? broken;
    Task driving = Task.CompletedTask;
    IGrainTimer? heartbeat;
    RepoWindow? window;
    RunTrouble trouble = new();

    // Of the run, when its driving began: they are asked again if it comes to them.
    HashSet<string> unanswered = [];
    GrainsOf<IUserRepoGrain>? repoGrains;

    string ForumDid => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        run = stored.State.Run;
        keyed = stored.State.Keyed;
        await ForgetRunOfAnotherIndexAsync(cancellationToken);
        GoOn();
        // Its row may be a step behind, and nobody takes another by itself.
        if (run is { Status: not RunStatus.InProgress })
            await ShowAsync();
        await base.OnActivateAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await HaltAsync();
        if (run is { Status: RunStatus.InProgress })
            await TryCheckpointAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public void Dispose()
    {
        stop?.Dispose();
        saving.Dispose();
    }

    public async Task<BackfillDecision> DecideAsync()
    {
        var maxAge = TimeSpan.FromHours(options.CursorMaxAgeHours);
        BackfillDecision decision;
        long? cursor = null;
        try
        {
            cursor = await facts.GetFirehoseCursorAsync(options.FirehoseService, CancellationToken.None);
            var hasForum = cursor is not null && await facts.HasForumAsync(ForumDid, CancellationToken.None);
            decision = RunDecision.Decide(cursor, hasForum, time.GetUtcNow(), maxAge);
        }
        catch (Exception e) when (e is IndexUnavailableException or DbException)
        {
            decision = RunDecision.Unasked(cursor, e.Message, time.GetUtcNow(), maxAge);
        }

        LogDecision(ForumDid, RunDecision.Word(decision.Outcome), RunDecision.Word(decision.Reason), decision.CursorAge, decision.Threshold, decision.Error);
        return decision;
    }

    public async Task<StartResult> StartAsync(StartRequest request)
    {
        if (NotOurs() is { } notOurs)
            return notOurs;

        var asked = KeyedStart.AskedFor(request);
        if (AnsweredBefore(request.RequestKey, asked) is { } before)
            return before;

        if (run is { IsUnfinished: true } unfinished)
            return new(StartOutcome.AlreadyRunning, unfinished.RunId, unfinished.Type, Message: await NoteLateAsync(unfinished.RunId, request.Dids));

        if (request.Force is RunType.Retry)
            return new(StartOutcome.Refused, Message: "A retry is of a run: ask for it with that run's id.");

        var dids = forum.Value.Dids.Concat(request.Dids).ToList();
        if (dids.Where(did => !Did.TryParse(did, out _)).Take(10).ToList() is { Count: > 0 } invalid)
            return new(StartOutcome.Refused, Message: $"Not DIDs (did:method:id): {string.Join(", ", invalid)}.");

        var decision = request.Force is null ? await DecideAsync() : null;
        var type = request.Force ?? TypeOf(decision!.Outcome);
        if (type is null)
            return new(StartOutcome.NotNeeded, Decision: decision, Message: request.Dids.Count > 0 ? NotNoted(decision!) : null);

        return await index.TranslateAsync(async () =>
        {
            if (await InTheWayAsync() is { } refused)
                return refused;

            // The forum's own with them: a relay that lists it would otherwise make its row while it is being read, and its first page would be read twice.
            await repos.AddPendingAsync([ForumDid, .. dids], underWay: null, CancellationToken.None);
            if (await CreateAsync((id, now) => RunState.Begin(id, type.Value, now), request.RequestKey, asked) is not { } started)
                return await InTheWayAsync() ?? EndedMeanwhile();
            LogStarted(started.RunId, ForumDid, type.Value, dids.Count);
            Drive();
            var later = type is RunType.CatchUp && request.Dids.Count > 0 ? NotedOnly : null;
            return new StartResult(StartOutcome.Started, started.RunId, type, decision, later);
        });
    }

    public async Task<StartResult> WakeUpAsync(bool startIfNeeded)
    {
        GoOn();
        if (run is { IsUnfinished: true } unfinished)
            return new(StartOutcome.AlreadyRunning, unfinished.RunId, unfinished.Type);

        return startIfNeeded ? await StartAsync(new StartRequest()) : new(StartOutcome.NotNeeded);
    }

    public async Task<RunProgress?> PauseAsync(long runId)
    {
        if (run is not { IsUnfinished: true } || run.RunId != runId)
            return null;

        await HaltAsync();
        // It may be paused already, or have come to its end in the time that its last pages took.
        if (run is { Status: RunStatus.InProgress })
        {
            await index.TranslateAsync(async () =>
            {
                await SaveAsync(halted => halted.At(window).Pause());
                await ForgetReminderAsync();
            });
            LogPaused(runId, run.LowWaterMark ?? FromTheStart);
        }

        return GetProgress();
    }

    public async Task<RunProgress?> ResumeAsync(long runId)
    {
        if (run is not { IsUnfinished: true } || run.RunId != runId)
            return null;

        if (run.Status is RunStatus.Paused)
        {
            await index.TranslateAsync(async () =>
            {
                await RememberAsync();
                await SaveAsync(paused => paused.Resume());
            });
        }

        GoOn();
        return GetProgress();
    }

    public async Task<RunProgress?> CancelAsync(long runId)
    {
        if (run is not { IsUnfinished: true } || run.RunId != runId)
            return null;

        await HaltAsync();
        if (run is { IsUnfinished: true })
            await index.TranslateAsync(() => EndAsync(RunStatus.Cancelled, error: null));
        return GetProgress();
    }

    public Task RepoIsBackAsync(string did)
    {
        window?.Wake(did);
        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        GoOn();
        // A reminder that outlived its run has come for the last time.
        if (run is not { Status: RunStatus.InProgress })
            await ForgetReminderAsync();
    }

    static RunType? TypeOf(DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.CatchUp => RunType.CatchUp,
        DecisionOutcome.FullSync => RunType.FullSync,
        DecisionOutcome.NotNeeded => null,
        _ => throw new InvalidOperationException($"There is no run for the decision {outcome}."),
    };

    /// <summary>
    /// Makes a run durable. Killed before the last line, nobody has been told of the run: its row is closed when the next one starts, and
    /// the reminder finds nothing to do.
    /// </summary>
    /// <returns>The run; null when one of another forum has come before it.</returns>
    async Task<RunState?> CreateAsync(Func<long, DateTimeOffset, RunState> begin, string? requestKey, string asked)
    {
        // The last one has ended, and its driver may still be taking its reminder away: this one's would go in its place, or, where that failed, what is tried
        // again would end this one.
        await HaltAsync();
        // The last one's row may be a step behind, and say that it is unfinished.
        if (run is not null)
            await SaveAsync(static last => last);
        await runs.CloseAbandonedAsync(
            ForumDid, RunRows.StatusOf(RunStatus.Failed),
            "Nobody goes on with this run: its process ended before it was under way, or its state was lost (tables of Orleans emptied or restored, another Atbb:Cluster:Id). What it had read is in the index. Nothing is to be done; the run after it stands in its place.",
            CancellationToken.None);
        var now = time.GetUtcNow();
        // The id is the row's, which says the rest as the state does.
        var row = begin(0, now);
        if (await runs.CreateAsync(ForumDid, RunRows.TypeOf(row.Type), row.RetryOf, now, CancellationToken.None) is not { } runId)
            return null;

        await RememberAsync();
        var started = begin(runId, now);
        IReadOnlyList<KeyedStart> remembered = requestKey is null
            ? keyed
            : [.. keyed.TakeLast(KeyedStart.MostKept - 1), new KeyedStart(requestKey, asked, runId, started.Type)];
        (stored.State.Run, stored.State.Keyed) = (started, remembered);
        await stored.WriteStateAsync();
        (run, keyed) = (started, remembered);
        return started;
    }

    // The silos' settings are those of one forum: its PDS, its DIDs, and what wakes its run up when a silo starts.
    StartResult? NotOurs() => ForumCheck.FaultOf(ForumDid, forum.Value) is { } fault ? new(StartOutcome.AnotherForum, Message: fault) : null;

    // Two forums' runs would each count, park and delete in the other's repositories: their rows are the same.
    async Task<StartResult?> InTheWayAsync() =>
        await runs.FindOfAnotherForumAsync(ForumDid, CancellationToken.None) is not var (id, other)
            ? null
            : new(
                StartOutcome.AnotherForum,
                Message: $"Run {id} of the forum {other} is unfinished in this database, and runs there go one at a time: nothing was done. " +
                    $"If {ForumDid} is the forum that is meant, go on with that run as {other} to its end, or cancel it, or take another database.");

    static StartResult EndedMeanwhile() =>
        new(StartOutcome.AnotherForum, Message: "A run of another forum in this database, where runs go one at a time, has just ended: nothing was done. Ask again.");

    /// <summary>The answer to a request that was made before, which its caller may not have seen; null when it was not.</summary>
    StartResult? AnsweredBefore(string? requestKey, string asked) => keyed.FirstOrDefault(start => start.Key == requestKey) switch
    {
        null => null,
        { Asked: var before } when before != asked =>
            new(StartOutcome.KeyReused, Message: "This key came with another request, which asked for something else: a key is for one request, and for asking the same again."),
        { RunId: var runId, Type: var type } => new(StartOutcome.Started, runId, type, IsRepeat: true),
    };

    // The index's file was removed, or its tables were, and the run's state stands elsewhere: that run would go on with what it takes for read. Or the index
    // knows it as ended, which no run's row says before its state does: it was closed as nobody's, or a power failure took back the state alone.
    async Task ForgetRunOfAnotherIndexAsync(CancellationToken cancellationToken)
    {
        if (run is not { IsUnfinished: true } unfinished)
            return;

        try
        {
            if (await runs.GetAsync(unfinished.RunId, cancellationToken) is { CompletedAt: null })
                return;
        }
        catch (Exception e) when (e is IndexUnavailableException || IndexDatabase.FaultOfStatement(e) is not null)
        {
            // Not to be told apart now. The run waits for its database, or fails of its bug; without this grain nobody could be told of either.
            return;
        }

        stored.State.Run = null;
        await stored.WriteStateAsync(cancellationToken);
        run = null;
        LogOfAnotherIndex(unfinished.RunId, ForumDid);
    }

    // Listed while a run is unfinished, as when its command is given again with another list: none of them may be lost without a word.
    async Task<string?> NoteLateAsync(long underWay, IReadOnlyList<string> dids)
    {
        var noted = await index.TranslateAsync(
            () => repos.AddPendingAsync([.. dids.Where(did => Did.TryParse(did, out _))], underWay, CancellationToken.None));
        return noted == 0 ? null : $"{noted} of the DIDs listed were not known and are noted: this run reads those that it has not passed yet, if it is a full sync, and the next full sync reads the others.";
    }

    static string NotNoted(BackfillDecision decision) =>
        $"No run is needed ({RunDecision.Word(decision.Reason)}), and the DIDs listed are not noted. A full sync reads them, or have each of them read by hand.";

    const string NotedOnly =
        "A catch-up reads whom the index knows: the DIDs listed are noted, and the next full sync reads those that are not among them.";

    async Task RememberAsync()
    {
        // The first tick a minute away: a silo that dies is noticed sooner by a silo that starts, and by reminders on the others.
        var period = TimeSpan.FromMinutes(1);
        await this.RegisterOrUpdateReminder(ReminderName, period, period);
    }

    async Task ForgetReminderAsync()
    {
        if (await this.GetReminder(ReminderName) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    /// <summary>Writes the row of a run that nobody drives. Where a bug keeps it from that, the grain is there all the same, and tells what it knows.</summary>
    async Task ShowAsync()
    {
        try
        {
            await TryCheckpointAsync();
        }
        catch (Exception e) when (IndexDatabase.FaultOfStatement(e) is not null)
        {
            LogNotKept(e, run!.RunId, IndexOutage.ReasonOf(e));
        }
    }

    /// <summary>
    /// Takes a step: the state that a resume begins with, then the row that people read, and only then is it true. In this order, since a
    /// driver that was cut off fails at the first and must not touch the second. Killed in between, the next activation writes the row.
    /// </summary>
    async Task SaveAsync(Func<RunState, RunState> step)
    {
        await saving.WaitAsync();
        try
        {
            var next = step(run!);
            var shown = ProgressOf(next);
            (stored.State.Run, stored.State.Keyed) = (next, keyed);
            await stored.WriteStateAsync();
            await runs.SaveAsync(RunRows.FromProgress(shown, time.GetUtcNow()), CancellationToken.None);
            var turned = run?.Status != next.Status;
            run = next;
            // Whoever watches is told of a pause or an end by this alone: no heartbeat comes after it.
            if (turned)
                pulse.Beat();
        }
        catch (InconsistentStateException e)
        {
            // Another activation has taken over, which a silo that was cut off may learn late. Its run goes on; this one must not.
            LogTakenOver(ForumDid, e.Message);
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            saving.Release();
        }
    }
}
