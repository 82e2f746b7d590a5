using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Admin.Events;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Silo.Tests.Admin;

/// <summary>One watch for all who listen, by a clock that stands still until it is turned.</summary>
public sealed class ProgressFeedTests
{
    readonly FakeTimeProvider time = new();
    readonly Channel<RunProgress> states = Channel.CreateUnbounded<RunProgress>();
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int watches;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    ProgressFeed NewFeed() => new(WatchAsync, time);

    async IAsyncEnumerable<RunProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref watches);
        try
        {
            await foreach (var state in states.Reader.ReadAllAsync(cancellationToken))
            {
                if (state.LastError is "lost")
                    throw new TimeoutException();
                if (state.LastError is "a bug")
                    throw new InvalidOperationException("a bug");
                yield return state;
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    static RunProgress Run(long done, RunStatus status = RunStatus.InProgress, string? error = null) => new()
    {
        RunId = 7,
        Type = RunType.FullSync,
        Status = status,
        Phase = RunPhase.Users,
        DidsDone = done,
        StartedAt = DateTimeOffset.UnixEpoch,
        LastError = error,
    };

    [Fact]
    public async Task Listeners_AnyNumber_ShareOneWatchThatEndsWithTheLast()
    {
        using var feed = NewFeed();
        var first = feed.Listen();
        states.Writer.TryWrite(Run(1));
        Assert.Equal(1, (await first.NextAsync(Ends)).DidsDone);

        // Told at once what is known, and then the same as all.
        var more = Enumerable.Range(0, 50).Select(_ => feed.Listen()).ToList();
        foreach (var listener in more)
            Assert.Equal(1, (await listener.NextAsync(Ends)).DidsDone);
        states.Writer.TryWrite(Run(2));
        foreach (var listener in more.Prepend(first))
            Assert.Equal(2, (await listener.NextAsync(Ends)).DidsDone);
        Assert.Equal(1, watches);

        foreach (var listener in more.Prepend(first))
        {
            Assert.False(ended.Task.IsCompleted);
            listener.Dispose();
        }

        await ended.Task.WaitAsync(Ends);
    }

    [Fact]
    public async Task Watch_ThatBreaks_IsBegunAgain()
    {
        using var feed = NewFeed();
        using var listener = feed.Listen();
        states.Writer.TryWrite(Run(1));
        await listener.NextAsync(Ends);

        states.Writer.TryWrite(Run(1, error: "lost"));
        states.Writer.TryWrite(Run(2));
        var next = listener.NextAsync(Ends).AsTask();
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal((2, 2), ((await next).DidsDone, watches));
    }

    [Fact]
    public async Task Watch_ThatMeetsABug_TellsItAndIsBegunAnewByWhoeverComesNext()
    {
        using var feed = NewFeed();
        // A listener that is told and does not leave, as one whose connection hangs.
        using var first = feed.Listen();
        states.Writer.TryWrite(Run(1));
        await first.NextAsync(Ends);
        states.Writer.TryWrite(Run(1, error: "a bug"));
        await Assert.ThrowsAnyAsync<Exception>(async () => await first.NextAsync(Ends));

        using var second = feed.Listen();
        states.Writer.TryWrite(Run(2));

        Assert.Equal((2, 2), ((await second.NextAsync(Ends)).DidsDone, watches));
        first.Dispose();
        states.Writer.TryWrite(Run(3));
        Assert.Equal(3, (await second.NextAsync(Ends)).DidsDone);
    }

    [Fact]
    public async Task Events_WhileNothingHappens_AreHeartbeats()
    {
        using var feed = NewFeed();
        using var body = new Lines();
        var writing = new RunEvents(Run(1), backfill: null!, feed, time).WriteAsync(new EventStream(body, AdminJson.Options), Ends);
        Assert.Equal("retry: 2000", await body.NextAsync());
        Assert.Equal("event: progress", await body.NextAsync());
        Assert.StartsWith("id: 7.", await body.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse((await body.NextAsync())["data: ".Length..]).RootElement.GetProperty("didsDone").GetInt64());

        var beat = body.NextAsync();
        while (!beat.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.StartsWith(":", await beat, StringComparison.Ordinal);
        states.Writer.TryWrite(Run(3, RunStatus.Completed));
        await writing;
        Assert.Contains("event: end", body.Rest(), StringComparison.Ordinal);
    }

    /// <summary>What is written, line by line; empty ones are left out.</summary>
    sealed class Lines : MemoryStream
    {
        readonly Channel<string> lines = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => lines.Reader.ReadAsync(Ends).AsTask();

        public string Rest()
        {
            var rest = new StringBuilder();
            while (lines.Reader.TryRead(out var line))
                rest.AppendLine(line);
            return rest.ToString();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            foreach (var line in Encoding.UTF8.GetString(buffer.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                lines.Writer.TryWrite(line);
            return ValueTask.CompletedTask;
        }
    }
}
