namespace Atbb.Bench.Contenders;

/// <summary>A contender, and what is to be removed after it.</summary>
sealed record ContenderLease(Contender Contender, Func<Task>? Remove) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (Remove is not null)
            await Remove();
    }
}
