using Atbb.AtProto.Identity;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Tests.Repos;

public class RepoPassTests
{
    const string Account = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly IReadOnlyList<RecordCollection> Users = RepoPass.CollectionsOf(RunPhase.Users);

    static RepoState New => new() { Did = Account };

    static RepoState Entered => New.Enter(5, RunPhase.Users) with { Rev = "r1" };

    static RepoState ReadWhole(RepoState repo) => Users.Aggregate(repo, (state, collection) =>
        state.After(state.In(collection) with { Cursor = "c", IsComplete = true }, Users, Now));

    [Fact]
    public void CollectionsOf_EachPhase_AreInTheOrderOfTheSeed()
    {
        Assert.Equal(
            ["space.atbb.forum.forum", "space.atbb.forum.category", "space.atbb.forum.board", "space.atbb.forum.role", "space.atbb.modAction"],
            RepoPass.CollectionsOf(RunPhase.Forum).Select(c => c.Nsid));
        Assert.Equal(["space.atbb.membership", "space.atbb.post"], Users.Select(c => c.Nsid));
    }

    [Fact]
    public void After_TheLastPageOfTheLastCollection_IsSettledAtTheRevReadBefore()
    {
        var repo = ReadWhole(Entered);

        Assert.True(repo.IsSettledIn(5, RunPhase.Users));
        Assert.Equal((RepoStatus.Active, Now), (repo.Status, repo.SyncedAt!.Value));
        Assert.True(repo.IsUnchangedAt("r1", Users));
        Assert.False(repo.IsUnchangedAt("r2", Users));
    }

    [Fact]
    public void After_APageInTheMiddle_IsNotSettledAndGoesOnThere()
    {
        var posts = Users[1];
        var repo = Entered.After(Entered.In(Users[0]) with { IsComplete = true }, Users, Now);
        repo = repo.After(repo.In(posts) with { Cursor = "k", LastRkey = "k" }, Users, Now);

        Assert.False(repo.IsSettled);
        Assert.Same(posts, repo.NextOf(Users));
        Assert.Equal("k", repo.In(posts).Cursor);
        Assert.False(repo.IsUnchangedAt("r1", Users));
    }

    [Fact]
    public void Enter_AnotherRun_BeginsAfreshButKnowsWhatWasRead()
    {
        var repo = (ReadWhole(Entered) with { Counts = new RepoCounts { Indexed = 9 } }).Enter(6, RunPhase.Users);

        Assert.False(repo.IsSettledIn(6, RunPhase.Users));
        Assert.False(repo.HasBegun(Users));
        Assert.Equal(default, repo.Counts);
        Assert.Null(repo.In(Users[0]).Cursor);
        Assert.True(repo.IsUnchangedAt("r1", Users));
    }

    [Fact]
    public void Enter_TheSamePhaseAgain_GoesOnWhereItStood()
    {
        var repo = Entered.After(Entered.In(Users[0]) with { Cursor = "k" }, Users, Now) with { Counts = new RepoCounts { Indexed = 9 } };

        Assert.Same(repo, repo.Enter(5, RunPhase.Users));
        Assert.True(repo.HasBegun(Users));
    }

    [Fact]
    public void Enter_TheSecondPhase_DoesNotTakeTheFirstForIt()
    {
        var forum = RepoPass.CollectionsOf(RunPhase.Forum);
        var first = New.Enter(5, RunPhase.Forum) with { Rev = "r1" };
        var settled = forum.Aggregate(first, (state, c) => state.After(state.In(c) with { IsComplete = true }, forum, Now));

        var second = settled.Enter(5, RunPhase.Users);

        Assert.True(settled.IsSettledIn(5, RunPhase.Forum));
        Assert.False(settled.IsSettledIn(5, RunPhase.Users));
        Assert.False(second.HasBegun(Users));
        Assert.False(second.IsUnchangedAt("r1", Users));
        Assert.True(second.IsUnchangedAt("r1", forum));
    }

    [Fact]
    public void LivesAt_TheSamePds_KeepsTheCursors()
    {
        var repo = ReadWhole(Entered.LivesAt(new Uri("https://pds.example.com")));

        Assert.Equal(repo.Collections, repo.LivesAt(new Uri("https://pds.example.com/")).Collections);
    }

    [Fact]
    public void MoveTo_AgainAndAgainWithPagesInBetween_IsEnoughUntilAnotherRun()
    {
        var repo = Entered;
        for (var move = 0; move < 3; move++)
        {
            Assert.False(repo.HasMovedEnough());
            repo = ReadWhole(repo.MoveTo(new DidDocument(Did.Parse(Account), new Uri($"https://pds{move}.example.com"), "alice.test", Now)));
        }

        Assert.True(repo.HasMovedEnough());
        Assert.False(repo.Enter(99, RunPhase.Users).HasMovedEnough());
    }

    [Fact]
    public void LivesAt_AnotherPds_StartsTheCursorsAfresh()
    {
        var repo = ReadWhole(Entered.LivesAt(new Uri("https://old.example.com")));

        var moved = repo.LivesAt(new DidDocument(Did.Parse(Account), new Uri("https://new.example.com"), "alice.test", Now));

        Assert.Empty(moved.Collections);
        Assert.Equal(("https://new.example.com", "alice.test", Now), (moved.Pds, moved.Handle, moved.IdentityAt!.Value));
        Assert.False(moved.IsUnchangedAt("r1", Users));
    }

    [Fact]
    public void Park_ThenAPage_ForgetsTheFailures()
    {
        var parked = Entered.Park(Now.AddMinutes(1), "down").Park(Now.AddMinutes(2), "still down");
        Assert.Equal((2, "still down", Now.AddMinutes(2)), (parked.Attempts, parked.LastError, parked.RetryAfter!.Value));

        var read = parked.After(parked.In(Users[0]), Users, Now);
        Assert.Equal((0, null, null), (read.Attempts, read.LastError, read.RetryAfter));
    }

    [Fact]
    public void GiveUp_AnAccountThatIsGone_IsSettledWithItsState()
    {
        var gone = Entered.GiveUp(RepoStatus.Takendown, "taken down");

        Assert.True(gone.IsSettledIn(5, RunPhase.Users));
        Assert.Equal((RepoStatus.Takendown, null), (gone.Status, gone.SyncedAt));
    }

    /// <summary>What the repository has failed with on the way there is over: nobody asks it again for that.</summary>
    [Fact]
    public void AnAccountThatIsGone_HasNoAttemptsLeftOver()
    {
        var parked = Entered.Park(Now, "down");

        Assert.Equal((0, 0), (parked.SwitchOff(RepoStatus.Suspended, "suspended").Attempts, parked.Remove("deleted").Attempts));
    }

    [Fact]
    public void LeaveOff_ACollection_GoesOnToTheNextAndIsReadAgainNextTime()
    {
        var repo = Entered.LeaveOff(Entered.In(Users[0]) with { Cursor = "k", LastRkey = "k" }, Users, Now);

        Assert.Same(Users[1], repo.NextOf(Users));
        repo = repo.After(repo.In(Users[1]) with { IsComplete = true }, Users, Now);
        Assert.True(repo.IsSettledIn(5, RunPhase.Users));
        Assert.False(repo.IsUnchangedAt("r1", Users));
    }

    [Fact]
    public void EnterByHand_AfterAnotherByHand_BeginsAfreshAndForgetsNoRev()
    {
        var read = ReadWhole(Entered);
        var half = read.EnterByHand();
        half = half.After(half.In(Users[0]) with { Cursor = "k", LastRkey = "k" }, Users, Now);
        Assert.True(half.HasBegun(Users));

        var again = half.EnterByHand();

        Assert.False(again.HasBegun(Users));
        Assert.Null(again.In(Users[0]).Cursor);
        Assert.True(again.IsUnchangedAt("r1", Users));
    }

    [Fact]
    public void GoOnByHand_AfterAFailure_StandsWhereItStoodAndCountsOn()
    {
        var half = New.EnterByHand();
        half = half.After(half.In(Users[0]) with { Cursor = "k", LastRkey = "k" }, Users, Now).Park(Now, "down").Park(Now, "still down");

        var on = half.GoOnByHand(default);

        Assert.Equal(("k", 2, null), (on.In(Users[0]).Cursor, on.Attempts, on.RetryAfter));
    }

    public static TheoryData<string, RepoState, bool> Hearsay()
    {
        var heard = New with { FoundByRun = 5, LastError = "down" };
        return new()
        {
            { "failed in an earlier run", heard, true },
            { "never tried", heard with { LastError = null }, false },
            { "has failed in this run", heard with { Attempts = 1 }, false },
            { "by hand", heard with { RunId = 0 }, false },
            { "has been read", heard with { SyncedAt = Now }, false },
            { "listed", heard with { FoundByRun = null }, false },
            { "retried", heard.EnterAfresh(6, RunPhase.Users), false },
            { "found nowhere", heard with { Status = RepoStatus.NotFound }, true },
            { "found to be switched off", (heard with { LastError = null }).SwitchOff(RepoStatus.Deactivated, "deactivated").Enter(6, RunPhase.Users), false },
            { "found to be deleted", (heard with { LastError = null }).Remove("deleted").Enter(6, RunPhase.Users), false },
        };
    }

    [Theory, MemberData(nameof(Hearsay))]
    public void IsOldHearsay_OfANameThatWasNeverReadable(string what, RepoState repo, bool expected) => Assert.True(expected == repo.IsOldHearsay(), what);

    [Theory]
    [InlineData(5, RunPhase.Users, false)]
    [InlineData(5, RunPhase.Forum, true)]
    [InlineData(4, RunPhase.Users, true)]
    [InlineData(6, RunPhase.Forum, false)]
    public void IsPast_ForADriverOfAnEarlierPhaseOrRun(long runId, RunPhase phase, bool past) =>
        Assert.Equal(past, Entered.IsPast(runId, phase));

    [Fact]
    public void IsPast_BeforeTheFirstRun_IsNot() => Assert.False(New.IsPast(1, RunPhase.Forum));

    [Fact]
    public void Remove_AnAccountThatIsGone_ForgetsWhatWasRead()
    {
        var removed = ReadWhole(Entered).Remove("given up");

        Assert.True(removed.IsSettledIn(5, RunPhase.Users));
        Assert.Equal((RepoStatus.Deleted, null), (removed.Status, removed.Rev));
        Assert.False(removed.IsUnchangedAt("r1", Users));
    }
}
