using System.Collections.Concurrent;
using System.Threading.Channels;
using Atbb.Indexing.Databases;
using Xunit;

namespace Atbb.Indexing.Tests.Databases;

public sealed class GatheringTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A database that answers when it is told to, with each key's length.</summary>
    sealed class Oracle
    {
        readonly Channel<TaskCompletionSource<Exception?>> arrived = Channel.CreateUnbounded<TaskCompletionSource<Exception?>>();
        TaskCompletionSource<Exception?>? held;

        public Oracle(int limit = 100) => Gathering = new(limit, AskAsync);

        public Gathering<string, int> Gathering { get; }

        public ConcurrentQueue<string[]> Asked { get; } = new();

        public ConcurrentQueue<(CancellationToken Token, string? Caller)> Under { get; } = new();

        public AsyncLocal<string?> Caller { get; } = new();

        public Func<string[], IEnumerable<string>> Knows { get; set; } = keys => keys;

        /// <summary>Waits for the next query, and lets it end.</summary>
        public async Task AnswerAsync(Exception? error = null)
        {
            await ArrivedAsync();
            Release(error);
        }

        public async Task ArrivedAsync() => held = await arrived.Reader.ReadAsync(Token);

        public void Release(Exception? error = null) => held!.SetResult(error);

        async Task<IReadOnlyDictionary<string, int>> AskAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
        {
            Asked.Enqueue([.. keys]);
            Under.Enqueue((cancellationToken, Caller.Value));
            var query = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(arrived.Writer.TryWrite(query));
            return await query.Task is { } error ? throw error : Knows([.. keys]).ToDictionary(key => key, key => key.Length);
        }
    }

    [Fact]
    public async Task AskAsync_WhileAQueryIsUnderWay_GoesIntoTheNextTogether()
    {
        var oracle = new Oracle();
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var others = new[] { "bb", "ccc", "bb" }.Select(key => oracle.Gathering.AskAsync(key, Token)).ToList();

        oracle.Release();
        Assert.Equal(1, await first);
        await oracle.AnswerAsync();

        var lengths = await Task.WhenAll(others);
        Assert.Equal([2, 3, 2], lengths);
        Assert.Equal([["a"], ["bb", "ccc"]], oracle.Asked);
    }

    [Fact]
    public async Task AskAsync_MoreThanTheLimit_InSeveralQueries()
    {
        var oracle = new Oracle(limit: 2);
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var others = new[] { "b", "c", "d" }.Select(key => oracle.Gathering.AskAsync(key, Token)).ToList();

        oracle.Release();
        await oracle.AnswerAsync();
        await oracle.AnswerAsync();

        await Task.WhenAll([first, .. others]);
        Assert.Equal([["a"], ["b", "c"], ["d"]], oracle.Asked);
    }

    [Fact]
    public async Task AskAsync_ACallerGivesUp_TheOthersOfItsQueryAreAnswered()
    {
        var oracle = new Oracle();
        using var impatient = new CancellationTokenSource();
        var first = oracle.Gathering.AskAsync("a", impatient.Token);
        await oracle.ArrivedAsync();
        var waiting = oracle.Gathering.AskAsync("b", impatient.Token);
        var patient = oracle.Gathering.AskAsync("c", Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        oracle.Release();
        await oracle.AnswerAsync();

        Assert.Equal(1, await patient);
        // Who gave up before the query began is not asked about.
        Assert.Equal([["a"], ["c"]], oracle.Asked);
    }

    [Fact]
    public async Task AskAsync_AllGaveUp_TheNextIsAskedAllTheSame()
    {
        var oracle = new Oracle();
        using var impatient = new CancellationTokenSource();
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var waiting = oracle.Gathering.AskAsync("b", impatient.Token);
        await impatient.CancelAsync();
        oracle.Release();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var next = oracle.Gathering.AskAsync("cc", Token);
        await oracle.AnswerAsync();

        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task AskAsync_TheQueryFails_AllOfItHearOfItAndTheNextWorks()
    {
        var oracle = new Oracle();
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var others = new[] { "b", "c" }.Select(key => oracle.Gathering.AskAsync(key, Token)).ToList();
        oracle.Release();
        await first;

        await oracle.ArrivedAsync();
        var later = oracle.Gathering.AskAsync("dd", Token);
        oracle.Release(new IndexUnavailableException("gone", new TimeoutException()));
        await oracle.AnswerAsync();

        foreach (var other in others)
            Assert.Equal("gone", (await Assert.ThrowsAsync<IndexUnavailableException>(() => other)).Message);
        Assert.Equal(2, await later);
    }

    /// <summary>A query that breaks its word must not leave a caller waiting for ever.</summary>
    [Fact]
    public async Task AskAsync_AKeyIsNotAnswered_ThrowsAndGoesOn()
    {
        var oracle = new Oracle { Knows = keys => keys.Where(key => key != "b") };
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var forgotten = oracle.Gathering.AskAsync("b", Token);
        oracle.Release();
        await oracle.AnswerAsync();

        Assert.Equal(1, await first);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => forgotten);
        var next = oracle.Gathering.AskAsync("cc", Token);
        await oracle.AnswerAsync();
        Assert.Equal(2, await next);
    }

    /// <summary>What has been answered is answered: the rest of a query that breaks its word hears of it, and the next is asked.</summary>
    [Fact]
    public async Task AskAsync_SomeKeysOfAQueryAreNotAnswered_TheOthersAreAndTheNextWorks()
    {
        var oracle = new Oracle { Knows = keys => keys.Where(key => key != "c") };
        var first = oracle.Gathering.AskAsync("a", Token);
        await oracle.ArrivedAsync();
        var known = oracle.Gathering.AskAsync("bb", Token);
        var forgotten = oracle.Gathering.AskAsync("c", Token);
        var behind = oracle.Gathering.AskAsync("dd", Token);
        oracle.Release();
        await oracle.AnswerAsync();

        Assert.Equal((1, 2), (await first, await known));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => forgotten);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => behind);
        var next = oracle.Gathering.AskAsync("ee", Token);
        await oracle.AnswerAsync();
        Assert.Equal(2, await next);
    }

    /// <summary>The query is everybody's: it is under no caller's token, and carries along nothing that flows with one.</summary>
    [Fact]
    public async Task AskAsync_TheFirstCaller_LendsTheQueryNothingOfItsOwn()
    {
        var oracle = new Oracle();
        using var impatient = new CancellationTokenSource();
        oracle.Caller.Value = "the first";
        var first = oracle.Gathering.AskAsync("a", impatient.Token);
        await oracle.AnswerAsync();
        await first;

        var (token, caller) = Assert.Single(oracle.Under);
        Assert.Equal((false, null), (token.CanBeCanceled, caller));
    }

    [Fact]
    public async Task AskAsync_ACallerWhoHasGivenUpAlready_DoesNotKeepTheNextFromBeingAsked()
    {
        var oracle = new Oracle();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => oracle.Gathering.AskAsync("a", new CancellationToken(canceled: true)));

        var next = oracle.Gathering.AskAsync("bb", Token);
        await oracle.AnswerAsync();

        Assert.Equal(2, await next);
    }
}
