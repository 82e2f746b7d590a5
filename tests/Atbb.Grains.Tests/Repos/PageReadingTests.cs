using Atbb.AtProto.Repo;
using Atbb.Grains.Repos;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Tests.Repos;

public class PageReadingTests
{
    static readonly CollectionState Fresh = new() { Collection = "space.atbb.post", RunId = 1 };

    static ListedRecord[] Page(params string[] rkeys) => [.. rkeys.Select(rkey => new ListedRecord("at://x/y/" + rkey, rkey, "cid", default, null))];

    static KeyRange Range(string? lower, bool lowerInclusive, string? upper, bool upperInclusive, string? spared = null) =>
        new(lower, lowerInclusive, upper, upperInclusive) { Spared = spared };

    /// <summary>Reads pages one after another; each is its keys and its cursor.</summary>
    static List<PageReading> Read(params (string Keys, string? Cursor)[] pages)
    {
        var readings = new List<PageReading>();
        var state = Fresh;
        foreach (var (keys, cursor) in pages)
        {
            var reading = PageReading.Read(state, Page(keys.Split(' ', StringSplitOptions.RemoveEmptyEntries)), cursor);
            readings.Add(reading);
            state = reading.After;
        }

        return readings;
    }

    [Fact]
    public void Read_AscendingPagesWithAnEmptyTail_SpeakForEveryKeyOnce()
    {
        var readings = Read(("b d", "d"), ("f h", "h"), ("", null));

        Assert.Equal(
            [Range(null, false, "d", true), Range("d", false, "h", true), Range("h", false, null, true)],
            readings.Select(r => r.Range));
        Assert.Equal([false, false, true], readings.Select(r => r.After.IsComplete));
        Assert.Equal(("h", ListingOrder.Ascending), (readings[2].After.LastRkey, readings[2].After.Order));
    }

    [Fact]
    public void Read_AscendingLastPageWithoutACursor_SpeaksForTheTailToo() =>
        Assert.Equal(Range("d", false, null, true), Read(("b d", "d"), ("f h", null))[1].Range);

    [Fact]
    public void Read_DescendingPages_SpeakForEveryKeyOnce()
    {
        var readings = Read(("h f", "f"), ("d b", "b"), ("", null));

        Assert.Equal(
            [Range("f", true, null, false), Range("b", true, "f", false), Range(null, true, "b", false)],
            readings.Select(r => r.Range));
    }

    [Fact]
    public void Read_OneRecordAndAnEmptyTail_SpareThatRecord()
    {
        var readings = Read(("m", "m"), ("", null));

        Assert.Equal(Range("m", true, "m", true), readings[0].Range);
        Assert.Equal(Range(null, false, null, false, spared: "m"), readings[1].Range);
    }

    [Theory]
    [InlineData("p", "p", true)]
    [InlineData("c", "c", false)]
    public void Read_OneRecordAtATime_TheSecondShowsTheOrderAndMakesUpForTheFirst(string second, string bound, bool ascending)
    {
        var reading = Read(("m", "m"), (second, second))[1];

        Assert.Equal(ascending ? Range(null, false, bound, true, "m") : Range(bound, true, null, false, "m"), reading.Range);
    }

    [Fact]
    public void Read_AnEmptyCollection_SpeaksForAllOfIt() => Assert.Equal(Range(null, false, null, false), Read(("", null))[0].Range);

    [Theory]
    [InlineData("b d c")]
    [InlineData("b b")]
    [InlineData("b d b")]
    public void Read_KeysOutOfOrderOrTwice_SpeakForNothing(string keys)
    {
        var readings = Read((keys, "x"), ("y z", null));

        Assert.All(readings, reading => Assert.Null(reading.Range));
        Assert.All(readings, reading => Assert.Null(reading.Problem));
    }

    [Fact]
    public void Read_APageThatGoesBack_SpeaksForNothingFromThereOn()
    {
        var readings = Read(("b d", "1"), ("c e", "2"), ("f g", null));

        Assert.Equal([false, true, true], readings.Select(r => r.Range is null));
    }

    [Fact]
    public void Read_ARecordWithoutAKey_SpeaksForNothing()
    {
        var reading = PageReading.Read(Fresh, [.. Page("b"), new ListedRecord("", "", "", default, "no uri"), .. Page("d")], "d");

        Assert.Null(reading.Range);
        Assert.Null(reading.Problem);
    }

    [Fact]
    public void Read_KeysThatDifferInCase_AreOrderedByBytes() =>
        Assert.Equal(ListingOrder.Ascending, Read(("B a", "a"))[0].After.Order);

    [Theory]
    [InlineData("the same cursor twice", "b d", "x", "f h", "x")]
    [InlineData("no records and yet a cursor", "b d", "d", "", "e")]
    [InlineData("the same page under another cursor", "b d", "1", "b d", "2")]
    public void Read_APdsThatLeadsInCircles_IsNotFollowed(string why, string first, string firstCursor, string second, string secondCursor)
    {
        var readings = Read((first, firstCursor), (second, secondCursor));

        Assert.Null(readings[0].Problem);
        Assert.True(readings[1].Problem is not null, why);
        Assert.Equal(readings[0].After, readings[1].After);
    }
}
