using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Upgrades;

/// <summary>One of every message between silos and clients, with something in every field that the first release had.</summary>
static class MessageSamples
{
    static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly SyncCounts Counts = new(1, 2, 3, 4, 5, 6, 7);

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>
    {
        ["BackfillDecision"] = new BackfillDecision(DecisionOutcome.CatchUp, DecisionReason.CursorTooOld, TimeSpan.FromHours(40), TimeSpan.FromHours(36), "why"),
        ["StartRequest"] = new StartRequest { Force = RunType.FullSync, Dids = ["did:plc:alice", "did:plc:bob"] },
        ["StartResult"] = new StartResult(StartOutcome.AlreadyRunning, 7, RunType.Retry, null, "message"),
        ["RunProgress"] = new RunProgress
        {
            RunId = 7,
            Type = RunType.CatchUp,
            Status = RunStatus.Paused,
            Phase = RunPhase.Users,
            DidsDone = 8,
            DidsTotal = 9,
            InFlight = 10,
            Deferred = 11,
            NextAttemptAt = Now,
            Counts = Counts,
            RecordsPerSecond = 1.5,
            Remaining = TimeSpan.FromMinutes(3),
            StartedAt = Now.AddDays(-1),
            FinishedAt = Now,
            LowWaterMark = "did:plc:alice",
            LastError = "error",
            RetryOf = 6,
            Waiting = [new ParkedRepo("did:plc:bob", "pds.example.com", "reason", 2, Now)],
            Reading = ["did:plc:carol"],
            LastProgressAt = Now,
        },
        ["RunError"] = new RunError(1, "did:plc:alice", "space.atbb.post", "at://did:plc:alice/space.atbb.post/3k", "bafy", "bad_date", "message", 2, Now),
        ["RunErrorQuery"] = new RunErrorQuery(7, "did:plc:alice", "bad_date", 12, 50),
        ["RepoReport"] = new RepoReport
        {
            Did = "did:plc:alice",
            Handle = "alice.example.com",
            Pds = "https://pds.example.com",
            Status = "active",
            Rev = "3kaaaaaaaaa22",
            RunId = 7,
            IsSettled = true,
            Counts = Counts,
            Attempts = 2,
            RetryAfter = Now,
            LastError = "error",
            SyncedAt = Now,
            IsKnown = true,
            Cursors = [new RepoCursor("space.atbb.post", "cursor", true, "3kaaaaaaaaa22")],
        },
        ["RepoSlice.More"] = new RepoSlice(new RepoOutcome.More(), Counts),
        ["RepoSlice.Completed"] = new RepoSlice(new RepoOutcome.Completed(), Counts),
        ["RepoSlice.Unchanged"] = new RepoSlice(new RepoOutcome.Unchanged(), Counts),
        ["RepoSlice.Parked"] = new RepoSlice(new RepoOutcome.Parked(Now, "reason", 3, "pds.example.com"), Counts),
        ["RepoSlice.Gone"] = new RepoSlice(new RepoOutcome.Gone("deleted", "reason"), Counts),
        ["RepoSlice.GivenUp"] = new RepoSlice(new RepoOutcome.GivenUp("reason"), Counts),
        ["RunState"] = RunState.Begin(7, RunType.FullSync, Now).EnterUsers(Counts, 300),
    };
}
