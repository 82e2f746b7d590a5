using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Tests.Repos;

public sealed class PageFeedTests : IDisposable
{
    static readonly Nsid Post = Nsid.Parse("space.atbb.post");
    static readonly CollectionState Fresh = new() { Collection = Post.Value, RunId = 1 };

    readonly ScriptedPds pds = new();
    readonly List<Buffer> buffers = [];
    readonly PageFeed feed;

    public PageFeedTests() =>
        feed = new PageFeed(pds, new Uri("https://pds.example"), Did.Parse("did:plc:alice"));

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    sealed class Buffer : IDisposable
    {
        public bool IsBack { get; private set; }

        public void Dispose() => IsBack = true;
    }

    /// <summary>What the PDS answers at each cursor: how many records, and the next cursor.</summary>
    void Script(params (string? At, int Records, string? Next)[] pages) => pds.Records = (query, _) =>
    {
        var (at, count, next) = pages.Single(page => page.At == query.Cursor);
        var buffer = new Buffer();
        buffers.Add(buffer);
        return Task.FromResult(new RecordPage(
            [.. Enumerable.Range(0, count).Select(i => new ListedRecord($"at://x/y/{at}{i:d3}", $"{at}{i:d3}", "cid", default, null))], next, 0, buffer));
    };

    Task<RecordPage> NextAsync(string? cursor) => feed.NextAsync(Post, Fresh with { Cursor = cursor }, Cancel);

    Task<bool> IsLastAsync(RecordPage page) => feed.IsLastAsync(Post, page, Cancel);

    public void Dispose() => feed.Dispose();

    [Fact]
    public async Task IsLast_NoCursor_WithoutAsking()
    {
        Script((null, 100, null));

        Assert.True(await IsLastAsync(await NextAsync(null)));
        Assert.Equal([null], pds.Cursors);
    }

    [Fact]
    public async Task IsLast_AShortPageBeforeAnEmptyEnd_TakesTwoRequestsAndKeepsNothing()
    {
        Script((null, 99, "a"), ("a", 0, null));
        var page = await NextAsync(null);

        Assert.True(await IsLastAsync(page));
        Assert.Equal([null, "a"], pds.Cursors);
        Assert.Equal([false, true], buffers.Select(buffer => buffer.IsBack));
    }

    [Fact]
    public async Task IsLast_AFullPage_IsNotLookedBehind()
    {
        Script((null, 100, "a"));

        Assert.False(await IsLastAsync(await NextAsync(null)));
        Assert.Equal([null], pds.Cursors);
    }

    [Fact]
    public async Task IsLast_AShortPageBeforeRecords_ServesThemUnaskedAndIsNotTriedAgain()
    {
        Script((null, 3, "a"), ("a", 2, "b"), ("b", 1, "c"), ("c", 0, null));
        var first = await NextAsync(null);
        Assert.False(await IsLastAsync(first));

        var second = await NextAsync("a");
        Assert.Equal((2, "b"), (second.Records.Count, second.Cursor));
        Assert.False(await IsLastAsync(second));
        Assert.Equal([null, "a"], pds.Cursors);

        Assert.False(await IsLastAsync(await NextAsync("b")));
        Assert.True(await IsLastAsync(await NextAsync("c")));
        Assert.Equal([null, "a", "b", "c"], pds.Cursors);
    }

    /// <summary>It has something to complain of, and that is for the reader of the page to say.</summary>
    [Fact]
    public async Task IsLast_AShortPageBeforeAnEmptyPageWithACursor_HandsItOn()
    {
        Script((null, 3, "a"), ("a", 0, "b"));

        Assert.False(await IsLastAsync(await NextAsync(null)));
        var odd = await NextAsync("a");
        Assert.Equal((0, "b"), (odd.Records.Count, odd.Cursor));
        Assert.False(await IsLastAsync(odd));
        Assert.Equal([null, "a"], pds.Cursors);
    }

    [Theory]
    [InlineData(AtProtoFailure.Unreachable)]
    [InlineData(AtProtoFailure.RateLimited)]
    [InlineData(AtProtoFailure.Refused)]
    [InlineData(AtProtoFailure.Malformed)]
    public async Task IsLast_NoAnswerAhead_LeavesThePageAndIsAskedAgain(AtProtoFailure failure)
    {
        Script((null, 3, "a"), ("a", 0, null));
        var page = await NextAsync(null);
        var answering = pds.Records;
        pds.Records = (_, _) => throw new AtProtoException(failure, "no");

        Assert.False(await IsLastAsync(page));
        Assert.False(buffers[0].IsBack);

        pds.Records = answering;
        Assert.Empty((await NextAsync("a")).Records);
        Assert.Equal([null, "a", "a"], pds.Cursors);
    }

    [Fact]
    public async Task IsLast_CancelledAhead_LeavesThePageInHand()
    {
        Script((null, 3, "a"));
        var page = await NextAsync(null);
        using var pause = new CancellationTokenSource();
        pds.Records = async (_, token) =>
        {
            await pause.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException("not reached");
        };

        Assert.False(await feed.IsLastAsync(Post, page, pause.Token));
        Assert.False(buffers[0].IsBack);
    }

    /// <summary>A cancellation that nobody asked for is no pause but a bug, and must not pass for one.</summary>
    [Fact]
    public async Task IsLast_CancelledByNobody_Throws()
    {
        Script((null, 3, "a"));
        var page = await NextAsync(null);
        pds.Records = (_, _) => throw new OperationCanceledException();

        await Assert.ThrowsAsync<OperationCanceledException>(() => IsLastAsync(page));
    }

    [Fact]
    public async Task Dispose_WithAPageAhead_GivesItBack()
    {
        Script((null, 3, "a"), ("a", 2, "b"));
        await IsLastAsync(await NextAsync(null));

        feed.Dispose();

        Assert.Equal([false, true], buffers.Select(buffer => buffer.IsBack));
    }

    [Fact]
    public async Task Dispose_AfterThePageAheadWasUsed_LeavesItToItsUser()
    {
        Script((null, 3, "a"), ("a", 2, "b"));
        await IsLastAsync(await NextAsync(null));
        await NextAsync("a");

        feed.Dispose();

        Assert.Equal([false, false], buffers.Select(buffer => buffer.IsBack));
    }

    [Fact]
    public async Task Next_AnotherPageThanTheOneAhead_Throws()
    {
        Script((null, 3, "a"), ("a", 2, "b"));
        await IsLastAsync(await NextAsync(null));

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => NextAsync("elsewhere"));

        Assert.Contains("elsewhere", e.Message, StringComparison.Ordinal);
    }
}
