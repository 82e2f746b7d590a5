using System.IO.Pipelines;
using System.Text;
using Atbb.AppView.Backfill;
using Atbb.Client;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AppView.Tests;

/// <summary>One look for all who listen, by a clock that stands still until it is turned.</summary>
public sealed class BackfillFeedTests
{
    static readonly RunProgress Ended = new() { RunId = 2, Type = RunType.FullSync, Status = RunStatus.Completed, Phase = RunPhase.Users, DidsDone = 3, DidsTotal = 3 };

    readonly FakeTimeProvider time = new();
    int watches;
    int judgements;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listeners_AnyNumber_ShareOneLook()
    {
        using var feed = new BackfillFeed(WatchEndedAsync, JudgeAsync, time);
        var listeners = Enumerable.Range(0, 50).Select(_ => feed.Listen()).ToList();

        foreach (var listener in listeners)
            Assert.Equal("The index is whole.", (await listener.NextAsync(Ends)).State);

        Assert.Equal((1, 1), (watches, judgements));
        foreach (var listener in listeners)
            listener.Dispose();
    }

    [Fact]
    public async Task Looks_NobodyListensAnyMore_EndUntilSomebodyDoes()
    {
        using var feed = new BackfillFeed(WatchEndedAsync, JudgeAsync, time);
        using (var listener = feed.Listen())
            await listener.NextAsync(Ends);
        for (var i = 0; i < 10; i++)
            time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, watches);

        // It is told though nothing is new: it was told nothing so far.
        using var another = feed.Listen();
        Assert.Equal("The index is whole.", (await another.NextAsync(Ends)).State);
        Assert.Equal(2, watches);
    }

    [Fact]
    public async Task Glance_ServiceDoesNotAnswer_IsOfWhatWasLastSeen()
    {
        var answer = new TaskCompletionSource<IndexReport>();
        using var feed = new BackfillFeed(WatchEndedAsync, _ => answer.Task, time);

        var glance = feed.GlanceAsync(Ends);
        Assert.False(glance.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(BackfillView.Asking, await glance);

        // The look that it did not wait for has come to its end.
        using var listener = feed.Listen();
        answer.SetException(new BackfillUnreachableException("Nobody answers.", null));
        Assert.Equal(BackfillView.Away, await listener.NextAsync(Ends));
        Assert.Equal(BackfillView.Away, await feed.GlanceAsync(Ends));
    }

    [Fact]
    public async Task Events_NothingNew_AreKeptAliveByComments()
    {
        using var feed = new BackfillFeed(WatchEndedAsync, JudgeAsync, time);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Ends);
        var pipe = new Pipe();
        var writing = new BackfillEvents(feed, time, CancellationToken.None).WriteAsync(pipe.Writer.AsStream(), gone.Token);
        Assert.StartsWith("data: {\"state\":\"The index is whole.\"", await ReadAsync(pipe.Reader), StringComparison.Ordinal);

        var start = time.GetUtcNow();
        var comment = ReadAsync(pipe.Reader);
        while (!comment.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        // Whoever turns the clock may be several comments ahead of whoever writes them.
        Assert.StartsWith(": still here\n\n", await comment, StringComparison.Ordinal);
        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromSeconds(15));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    static async Task<string> ReadAsync(PipeReader reader)
    {
        var read = await reader.ReadAsync(Ends);
        var text = Encoding.UTF8.GetString(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    async IAsyncEnumerable<RunProgress> WatchEndedAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref watches);
        await Task.CompletedTask;
        yield return Ended;
    }

    Task<IndexReport> JudgeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref judgements);
        return Task.FromResult(new IndexReport { Verdict = IndexVerdict.Whole, Sentence = "The index is whole." });
    }
}
