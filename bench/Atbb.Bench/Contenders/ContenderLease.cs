namespace Atbb.Bench.Contenders;

/// <summary>A contender, and what is to be removed after it.</summary>
sealed class ContenderLease(Contender contender) : IAsyncDisposable
{
    readonly Stack<Func<Task>> removals = new();

    public Contender Contender { get; set; } = contender;

    /// <summary>Something more to remove, before what was there before it.</summary>
    public void Add(Func<Task> removal) => removals.Push(removal);

    public async ValueTask DisposeAsync()
    {
        while (removals.TryPop(out var remove))
            await remove();
    }
}
