namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>A silo that is asked by several clients at once, each of them as soon as it has its answer: its thread pool never has nothing to do.</summary>
sealed class BusySilo : IAsyncDisposable
{
    readonly CancellationTokenSource ends = new();
    readonly SiloProcess silo;
    readonly Task clients;
    long answers;

    public BusySilo(SiloProcess silo, int clients)
    {
        this.silo = silo;
        this.clients = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => AskAsync()));
    }

    /// <summary>How many it has given.</summary>
    public long Answers => Interlocked.Read(ref answers);

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await clients;
        ends.Dispose();
    }

    async Task AskAsync()
    {
        while (!ends.IsCancellationRequested && !silo.Process.HasEnded)
        {
            try
            {
                // Grains and the database have to do with the answer.
                using var answer = await silo.Admin.Http.GetAsync("/api/admin/backfill", ends.Token);
                if (answer.IsSuccessStatusCode)
                    Interlocked.Increment(ref answers);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // It has ended, or this has.
                await Task.Yield();
            }
        }
    }
}
