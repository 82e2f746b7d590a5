using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Runs;

public class RunLedgerTests
{
    static SyncCounts Indexed(long records) => new() { Indexed = records };

    static RunLedger Opened(params string[] dids)
    {
        var ledger = new RunLedger(lowWaterMark: null, done: 0, counts: default);
        foreach (var did in dids)
            ledger.Open(did);
        return ledger;
    }

    [Fact]
    public void Settle_InOrder_MovesTheMarkWithEach()
    {
        var ledger = Opened("a", "b");

        ledger.Settle("a", Indexed(1));
        Assert.Equal(("a", 1, 1), (ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));

        ledger.Settle("b", Indexed(2));
        Assert.Equal(("b", 2, 3), (ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
    }

    [Fact]
    public void Settle_AboveAnOpenOne_CountsButDoesNotMoveTheMark()
    {
        var ledger = Opened("a", "b", "c");

        ledger.Settle("c", Indexed(3));
        ledger.Settle("b", Indexed(2));

        Assert.Null(ledger.LowWaterMark);
        Assert.Equal((0, 0), (ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
        Assert.Equal((2, 5), (ledger.Done, ledger.Counts.Indexed));
    }

    [Fact]
    public void Settle_TheOneThatHeldTheMark_MovesItOverAllSettledAbove()
    {
        var ledger = Opened("a", "b", "c", "d");
        ledger.Settle("c", Indexed(3));
        ledger.Settle("b", Indexed(2));

        ledger.Settle("a", Indexed(1));

        Assert.Equal(("c", 3, 6), (ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
        Assert.Equal(1, ledger.OpenCount);
    }

    [Fact]
    public void Settle_TheSameTwice_CountsOnce()
    {
        var ledger = Opened("a");

        Assert.True(ledger.Settle("a", Indexed(1)));
        Assert.False(ledger.Settle("a", Indexed(1)));

        Assert.Equal((1, 1), (ledger.Done, ledger.Counts.Indexed));
    }

    [Fact]
    public void Settle_NeverOpened_IsIgnored()
    {
        var ledger = Opened("a");

        Assert.False(ledger.Settle("x", Indexed(9)));

        Assert.Equal(0, ledger.Counts.Indexed);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("B")]
    public void Open_NotAfterTheFrontier_IsABug(string did)
    {
        var ledger = Opened("a", "b");

        Assert.Throws<InvalidOperationException>(() => ledger.Open(did));
    }

    [Fact]
    public void New_FromACheckpoint_GoesOnFromItsFigures()
    {
        var ledger = new RunLedger("m", done: 7, counts: Indexed(70));
        ledger.Open("n");
        ledger.Settle("n", Indexed(1));

        Assert.Equal(("n", 8, 71), (ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
        Assert.Throws<InvalidOperationException>(() => ledger.Open("m"));
    }

    [Fact]
    public void Enter_WhileOneOfTheRoundBeforeIsOpen_TheMarkPassesTheStepAndItsCostWithThatOne()
    {
        var ledger = Opened("m");
        ledger.Enter(1, Indexed(100));
        ledger.Open("a");
        ledger.Settle("a", Indexed(10));

        Assert.Equal((0, null, 0, 0), (ledger.RoundAtMark, ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
        Assert.Equal((1, "a", 1, 110), (ledger.Round, ledger.Frontier, ledger.Done, ledger.Counts.Indexed));

        ledger.Settle("m", Indexed(1));
        Assert.Equal((1, "a", 2, 111), (ledger.RoundAtMark, ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
    }

    [Fact]
    public void Enter_WhenAllIsSettled_TheMarkStandsAtTheBeginningOfTheRound()
    {
        var ledger = Opened("m");
        ledger.Settle("m", Indexed(1));

        ledger.Enter(1, Indexed(100));

        Assert.Equal((1, null, 1, 101), (ledger.RoundAtMark, ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark.Indexed));
    }

    /// <summary>
    /// Kills at any moment: whatever was settled above the mark is asked again and answers the same, and the sums come out as if nothing
    /// had happened.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Resume_AtRandomMoments_CountsEveryRepositoryOnce(int seed)
    {
        var random = new Random(seed);
        // Four rounds, and in each of them DIDs from all over. The round that a step leads to has cost something itself.
        const int Rounds = 4;
        var spent = Indexed(1_000);
        var all = Enumerable.Range(0, 200).Select(i => (Round: i % Rounds, Did: $"did:plc:{(i * 7919) % 1000:D4}")).Order().ToList();
        var counts = all.ToDictionary(repo => repo.Did, _ => Indexed(random.Next(100)));
        var ledger = new RunLedger(null, 0, default);
        var open = new List<string>();

        while (ledger.Done < all.Count)
        {
            if (random.Next(40) == 0)
            {
                ledger = new RunLedger(ledger.LowWaterMark, ledger.DoneAtMark, ledger.CountsAtMark, ledger.RoundAtMark);
                open.Clear();
            }

            var next = all.Find(repo => repo.Round == ledger.Round && string.CompareOrdinal(repo.Did, ledger.Frontier) > 0).Did;
            if (next is null && ledger.Round < Rounds - 1)
            {
                ledger.Enter(ledger.Round + 1, spent);
            }
            else if (next is not null && (open.Count == 0 || (open.Count < 10 && random.Next(2) == 0)))
            {
                ledger.Open(next);
                open.Add(next);
            }
            else
            {
                var did = open[random.Next(open.Count)];
                open.Remove(did);
                ledger.Settle(did, counts[did]);
            }

            var below = all.TakeWhile(repo => repo.CompareTo((ledger.RoundAtMark, ledger.LowWaterMark ?? "")) <= 0).ToList();
            Assert.Equal(below.Count, ledger.DoneAtMark);
            Assert.Equal(below.Sum(repo => counts[repo.Did].Indexed) + (ledger.RoundAtMark * spent.Indexed), ledger.CountsAtMark.Indexed);
        }

        Assert.Equal(counts.Values.Sum(c => c.Indexed) + ((Rounds - 1) * spent.Indexed), ledger.Counts.Indexed);
        Assert.Equal(all[^1], (ledger.RoundAtMark, ledger.LowWaterMark));
    }
}
