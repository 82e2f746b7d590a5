using Atbb.Indexing.Batches;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

public sealed class BatchQueueTests
{
    const int Enough = 3;

    readonly FakeTimeProvider time = new();
    readonly BatchQueue queue;

    public BatchQueueTests() => queue = new BatchQueue(new IndexingOptions { BatchesBesideOthers = Enough }, lanes: 2, time);

    [Fact]
    public async Task TakeAsync_NothingUnderWay_TakesWhateverWaits()
    {
        Add("a");

        Assert.Equal(["a"], Names(await queue.TakeAsync()));
    }

    [Fact]
    public async Task TakeAsync_FewBesideOneUnderWay_GoTogetherOnceItHasEnded()
    {
        Add("a");
        var first = await queue.TakeAsync();
        Add("b", "c");

        // Whoever finds something to take takes it at once.
        var second = queue.TakeAsync();
        Assert.False(second.IsCompleted);
        queue.Finish(first!);

        Assert.Equal(["b", "c"], Names(await second));
    }

    [Fact]
    public async Task TakeAsync_EnoughBesideOneUnderWay_DoNotWaitForIt()
    {
        Add("a");
        await queue.TakeAsync();
        Add("b", "c");
        var second = queue.TakeAsync();
        Assert.False(second.IsCompleted);

        Add("d");

        Assert.Equal(["b", "c", "d"], Names(await second));
    }

    [Fact]
    public async Task TakeAsync_FewBesideOneThatTakesLong_DoNotWaitForIt()
    {
        Add("a");
        await queue.TakeAsync();
        Add("b");
        var second = queue.TakeAsync();
        Assert.False(second.IsCompleted);

        time.Advance(BatchQueue.LongestHold);

        Assert.Equal(["b"], Names(await second));
    }

    [Fact]
    public async Task TakeAsync_AnotherPageOfTheOneUnderWay_WaitsForItsEnd()
    {
        Add("a");
        var first = await queue.TakeAsync();
        Add("a");
        time.Advance(BatchQueue.LongestHold);
        var second = queue.TakeAsync();
        Assert.False(second.IsCompleted);

        queue.Finish(first!);

        Assert.Equal(["a"], Names(await second));
    }

    [Fact]
    public async Task TakeAsync_ClosedWithFewBesideOneUnderWay_TakesThem()
    {
        Add("a");
        await queue.TakeAsync();
        Add("b");

        queue.Close();

        Assert.Equal(["b"], Names(await queue.TakeAsync()));
        Assert.Null(await queue.TakeAsync());
    }

    void Add(params IEnumerable<string> names)
    {
        foreach (var name in names)
            queue.Add(PendingBatch.Read(Batch(Repo($"did:plc:{name}"), Post), 1_000_000));
    }

    static IEnumerable<string> Names(List<PendingBatch>? group) => group!.Select(batch => batch.Repo.Did["did:plc:".Length..]);
}
