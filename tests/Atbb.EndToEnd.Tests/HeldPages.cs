using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// Pages of records that are answered only as far as they are let go: a run stays where it is, however long the machine takes for what is to happen to it meanwhile.
/// Disposing lets all of them go, so that nobody waits for the pages of a test that has failed.
/// </summary>
sealed class HeldPages : IDisposable
{
    readonly SamplePds pds;
    readonly Predicate<PdsRequest> isMeant;
    readonly Lock gate = new();
    readonly Queue<TaskCompletionSource> held = [];
    long left;

    HeldPages(SamplePds pds, int pages, Predicate<PdsRequest> isMeant)
    {
        (this.pds, left, this.isMeant) = (pds, pages, isMeant);
        pds.BeforeAnswer = HoldAsync;
    }

    /// <summary>Holds all but the next so many pages; of these collections alone, where there are any.</summary>
    public static HeldPages After(SamplePds pds, int pages, IReadOnlyList<string>? collections = null) =>
        new(pds, pages, request => request.IsListing && collections?.Contains(request.Collection) is not false);

    /// <summary>Holds these requests.</summary>
    public static HeldPages Where(SamplePds pds, Predicate<PdsRequest> isMeant) => new(pds, 0, isMeant);

    /// <summary>Lets so many more go, those first that wait for it the longest; all, now and later, unless told otherwise.</summary>
    public void LetGo(int pages = int.MaxValue)
    {
        lock (gate)
        {
            left += pages;
            for (; left > 0 && held.TryDequeue(out var page); left--)
                page.SetResult();
        }
    }

    public void Dispose()
    {
        pds.BeforeAnswer = null;
        LetGo();
    }

    Task HoldAsync(PdsRequest request)
    {
        if (!isMeant(request))
            return Task.CompletedTask;
        // Continued elsewhere: what answers a page must not run inside the lock.
        var page = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (left <= 0)
            {
                held.Enqueue(page);
                return page.Task;
            }

            left--;
            return Task.CompletedTask;
        }
    }
}
