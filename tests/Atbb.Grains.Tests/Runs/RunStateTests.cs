using System.Text.Json;
using System.Text.Json.Serialization;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class RunStateTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    static RunState Begun => RunState.Begin(7, RunType.FullSync, Now);

    [Fact]
    public void Begin_AnyRun_IsUnderWayInTheFirstPhase()
    {
        Assert.True(Begun.IsUnfinished);
        Assert.Equal((RunStatus.InProgress, RunPhase.Forum), (Begun.Status, Begun.Phase));
    }

    [Fact]
    public void EnterUsers_AfterTheForum_KeepsWhatTheForumCameTo()
    {
        var run = Begun.EnterUsers(new SyncCounts { Indexed = 12, Requests = 9 }, didsTotal: 300);

        var ledger = run.OpenLedger();
        Assert.Equal((RunPhase.Users, 300, 12, 9), (run.Phase, run.DidsTotal, ledger.Counts.Indexed, ledger.Counts.Requests));
        Assert.Equal((0, null), (ledger.Done, ledger.LowWaterMark));
    }

    [Fact]
    public void EnterRound_AfterARound_BeginsItAtItsFirstRepositoryWithEverythingSoFar()
    {
        var before = Begun.EnterUsers(new SyncCounts { Indexed = 12 }, didsTotal: 300) with { LowWaterMark = "did:plc:z", DidsDone = 290 };

        var run = before.EnterRound(1, done: 301, new SyncCounts { Indexed = 50 }, found: 4);

        var ledger = run.OpenLedger();
        Assert.Equal((1, 301, 305), (run.Round, run.DidsDone, run.DidsTotal));
        Assert.Equal((301, null, null, 50), (ledger.Done, ledger.LowWaterMark, ledger.Frontier, ledger.Counts.Indexed));
    }

    [Fact]
    public void End_AsCompleted_TakesTheFiguresAboveTheMarkAndMakesThemTheTotal()
    {
        var last = Progress(didsDone: 41, didsTotal: 40);

        var ended = Begun.EnterUsers(default, 40).End(RunStatus.Completed, last, Now.AddMinutes(1));

        Assert.False(ended.IsUnfinished);
        Assert.Equal((41, 41, last.Counts, Now.AddMinutes(1)), (ended.DidsDone, ended.DidsTotal, ended.Counts, ended.FinishedAt!.Value));
    }

    [Fact]
    public void End_ClockWasSetBackMeanwhile_IsNotBeforeTheBeginning() =>
        Assert.Equal(Begun.StartedAt, Begun.End(RunStatus.Completed, Progress(didsDone: 1, didsTotal: 1), Begun.StartedAt.AddHours(-1)).FinishedAt);

    [Theory]
    [InlineData(RunStatus.Failed)]
    [InlineData(RunStatus.Cancelled)]
    public void End_BeforeTheEnd_KeepsTheTotal(RunStatus status)
    {
        var ended = Begun.EnterUsers(default, 40).End(status, Progress(didsDone: 3, didsTotal: 40), Now, "broke");

        Assert.Equal((3, 40, "broke", status), (ended.DidsDone, ended.DidsTotal, ended.LastError, ended.Status));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("given up")]
    public void End_Completed_ShowsWhatWasGivenUpAndNotWhatItCameThrough(string? lasting)
    {
        var run = Begun.EnterUsers(default, 40) with { LastError = "came through", LastingError = lasting };

        var ended = run.End(RunStatus.Completed, Progress(didsDone: 40, didsTotal: 40) with { LastError = "came through" }, Now);

        Assert.Equal(lasting, ended.LastError);
    }

    [Fact]
    public void Pause_ThenResume_IsTheSameRun() => Assert.Equal(Begun, Begun.Pause().Resume());

    /// <summary>What version 0.1.0 stored. It must load for as long as there are databases that hold it: add texts here, never change them.</summary>
    [Fact]
    public void Load_WhatVersion010Stored_IsThatRun()
    {
        const string Stored = """
            {"Run":{"RunId":3,"Type":"FullSync","Status":"InProgress","Phase":"Users","LowWaterMark":"did:plc:b","DidsDone":2,"DidsTotal":9,
            "Counts":{"Indexed":5,"Updated":1,"Unchanged":2,"Deleted":3,"Failed":4,"Requests":6,"Bytes":7,"Records":15},
            "StartedAt":"2026-06-01T12:00:00+00:00","FinishedAt":null,"LastError":"gone","IsUnfinished":true}}
            """;

        var run = JsonSerializer.Deserialize(Stored, StateJson.Default.BackfillGrainState)!.Run!;

        Assert.Equal(
            new RunState
            {
                RunId = 3,
                Type = RunType.FullSync,
                Status = RunStatus.InProgress,
                Phase = RunPhase.Users,
                LowWaterMark = "did:plc:b",
                DidsDone = 2,
                DidsTotal = 9,
                Counts = new SyncCounts(5, 1, 2, 3, 4, 6, 7),
                StartedAt = Now,
                LastError = "gone",
            },
            run);
    }

    /// <summary>What is stored since runs have rounds.</summary>
    [Fact]
    public void Load_InALaterRound_IsInThatRound()
    {
        const string Stored = """
            {"Run":{"RunId":3,"Type":"FullSync","Status":"InProgress","Phase":"Users","LowWaterMark":"did:plc:b","DidsDone":2,"DidsTotal":9,
            "Counts":{"Indexed":5,"Updated":1,"Unchanged":2,"Deleted":3,"Failed":4,"Requests":6,"Bytes":7,"Records":15},
            "StartedAt":"2026-06-01T12:00:00+00:00","FinishedAt":null,"LastError":"gone","Round":2,"IsUnfinished":true}}
            """;

        Assert.Equal(2, JsonSerializer.Deserialize(Stored, StateJson.Default.BackfillGrainState)!.Run!.Round);
    }

    static readonly JsonSerializerOptions AsEver = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>As the first release wrote it, which found out at run time how.</summary>
    [Fact]
    public void Store_EverythingSet_IsWrittenAsEver()
    {
        var run = Begun with
        {
            LowWaterMark = "did:plc:b",
            Counts = new SyncCounts(5, 1, 2, 3, 4, 6, 7),
            Shown = new SyncCounts { Indexed = 9 },
            FinishedAt = Now.AddHours(1),
            LastError = "gone",
            LastingError = "lasting",
            RetryOf = 3,
            Round = 2,
        };
        var state = new BackfillGrainState { Run = run, Keyed = [new KeyedStart("key", "as decided 1", 7, RunType.FullSync)] };

        var stored = JsonSerializer.Serialize(state, StateJson.Default.BackfillGrainState);

        Assert.Equal(JsonSerializer.Serialize(state, AsEver), stored);
        var loaded = JsonSerializer.Deserialize(stored, StateJson.Default.BackfillGrainState)!;
        Assert.Equal(run, loaded.Run);
        Assert.Equal(state.Keyed, loaded.Keyed);
    }

    static RunProgress Progress(long didsDone, long didsTotal) => new()
    {
        RunId = 7,
        Type = RunType.FullSync,
        Status = RunStatus.InProgress,
        Phase = RunPhase.Users,
        DidsDone = didsDone,
        DidsTotal = didsTotal,
        Counts = new SyncCounts { Indexed = 400 },
        StartedAt = Now,
    };
}
