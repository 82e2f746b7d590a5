namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>Asking again until the answer is the one waited for: for what tells nobody when it happens.</summary>
static class Poll
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="ask">Returns null when it is to be asked again.</param>
    /// <param name="limit">How long.</param>
    /// <param name="waitedFor">What is missing when the time is over, and what there is instead.</param>
    public static async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T?>> ask, TimeSpan limit, Func<string> waitedFor)
        where T : class
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ends.CancelAfter(limit);
        try
        {
            while (true)
            {
                if (await ask(ends.Token) is { } answer)
                    return answer;
                await Task.Delay(Pause, ends.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"Waited {limit} for {waitedFor()}");
            throw;
        }
    }
}
