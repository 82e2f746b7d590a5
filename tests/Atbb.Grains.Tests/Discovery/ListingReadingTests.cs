using Atbb.AtProto.Discovery;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Discovery;
using Atbb.Indexing.Discovery;

namespace Atbb.Grains.Tests.Discovery;

public class ListingReadingTests
{
    static readonly RelayListing Begun = new() { RunId = 1, Relay = "https://relay.example", Collection = "space.atbb.post", DidsListed = 10, DidsSkipped = 1 };

    static RepoListPage Page(int dids, int skipped, string? cursor) => new([.. Enumerable.Range(0, dids).Select(i => Did.Parse($"did:plc:{i}"))], skipped, cursor);

    [Fact]
    public void Read_APageWithACursor_GoesOnFromThere()
    {
        var reading = ListingReading.Read(Begun, Page(3, 2, "next"), new HashSet<string>());

        Assert.Null(reading.Problem);
        Assert.Equal(Begun with { Cursor = "next", DidsListed = 13, DidsSkipped = 3 }, reading.After);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Read_APageWithoutACursor_EndsTheListing(int dids)
    {
        var reading = ListingReading.Read(Begun with { Cursor = "last" }, Page(dids, 0, null), new HashSet<string> { "last" });

        Assert.Null(reading.Problem);
        Assert.Equal((RelayListing.Completed, null), (reading.After.Status, reading.After.Cursor));
    }

    [Theory]
    [InlineData("a", 3, 0, "twice")]
    [InlineData("b", 3, 0, "twice")]
    [InlineData("c", 0, 0, "without repositories")]
    [InlineData("c", 0, 1, null)]
    public void Read_ACursorThatLeadsNowhere_IsAProblem(string cursor, int dids, int skipped, string? problem)
    {
        var reading = ListingReading.Read(Begun with { Cursor = "b" }, Page(dids, skipped, cursor), new HashSet<string> { "a", "b" });

        Assert.Equal(problem is null, reading.Problem is null);
        Assert.Contains(problem ?? "", reading.Problem ?? "", StringComparison.Ordinal);
    }
}
