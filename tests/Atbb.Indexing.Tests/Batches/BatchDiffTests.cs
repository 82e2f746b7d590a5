using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Batches;

public sealed class BatchDiffTests
{
    // Records and rows as key and CID: "a1" is key a with CID 1.
    [Theory]
    [InlineData("", "", "", "", 0, "")]
    [InlineData("a1 b1", "", "a b", "", 0, "")]
    [InlineData("a1 b1", "a1 b1", "", "", 2, "")]
    [InlineData("a2 b1", "a1 b1", "", "a", 1, "")]
    [InlineData("b1", "a1 b1 c1", "", "", 1, "a c")]
    [InlineData("", "a1", "", "", 0, "a")]
    [InlineData("a1 b2 d1", "a1 b1 c1", "d", "b", 1, "c")]
    [InlineData("A1", "a1", "A", "", 0, "a")]
    public void Between_RecordsAndRows_TellsThemApart(string records, string rows, string added, string changed, int unchanged, string gone)
    {
        var existing = Words(rows).Select((word, i) => new ExistingRow(word[..1], word[1..], i + 1));
        var byKey = Words(records).ToDictionary(word => word[..1], word => new RecordRow("", word[..1], word[1..], default, null, [], []));

        var diff = BatchDiff.Between(byKey, existing);

        Assert.Equal(Words(added), diff.Added.Select(row => row.Rkey));
        Assert.Equal(Words(changed), diff.Changed.Select(row => row.Row.Rkey));
        Assert.Equal(unchanged, diff.Unchanged);
        Assert.Equal(Words(gone), diff.Gone.Select(row => row.Rkey));
    }

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
