using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>When a process is killed: with a page of records that it asked for, or that it was given.</summary>
/// <param name="Page">Which of that process's pages, counted from 1; null: the last one of the phase.</param>
/// <param name="Answered">Whether it has been given the page, or has asked for it only.</param>
readonly record struct KillMoment(int? Page, bool Answered)
{
    /// <summary>
    /// Draws moments that all come: each of them before its share of the pages has been asked for, but for the last one, which is the phase's last page.
    /// What follows upon that page, the next phase or the run's end, is then hit as well.
    /// </summary>
    public static KillMoment[] Draw(Random random, int pages)
    {
        // One or two in the middle, and the last.
        var kills = random.Next(2, 4);
        var share = Math.Max(1, pages / (kills + 1));
        return
        [
            .. Enumerable.Range(0, kills - 1).Select(_ => new KillMoment(random.Next(1, share + 1), random.Next(2) == 0)),
            new KillMoment(Page: null, random.Next(2) == 0),
        ];
    }

    /// <summary>Waits for the moment.</summary>
    /// <param name="log">The log of who is asked.</param>
    /// <param name="collections">The collections of the phase to be hit.</param>
    /// <param name="repos">The repositories that the phase reads.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ComesAsync(RequestLog log, IReadOnlyList<string> collections, IReadOnlyList<SampleRepo> repos, CancellationToken cancellationToken) =>
        Page is null ? ComesAsync(log, 1, LastPage([], collections, repos).Invoke, cancellationToken) : ComesAsync(log, collections, cancellationToken);

    /// <summary>Waits for a moment that is not the last one.</summary>
    /// <inheritdoc cref="ComesAsync(RequestLog, IReadOnlyList{string}, IReadOnlyList{SampleRepo}, CancellationToken)"/>
    public Task ComesAsync(RequestLog log, IReadOnlyList<string> collections, CancellationToken cancellationToken)
    {
        var page = Page ?? throw new InvalidOperationException("Which page is the last one cannot be told without the repositories.");
        var earlier = log.Snapshot().ToHashSet();
        return ComesAsync(log, page, request => request.IsListing && collections.Contains(request.Collection) && !earlier.Contains(request), cancellationToken);
    }

    /// <summary>
    /// Tells the phase's last page from all others, which it has to be shown from the run's beginning on. Every listing ends with an empty page. They are counted
    /// once: after a kill some are asked for again.
    /// </summary>
    /// <param name="earlier">What has been asked already.</param>
    /// <param name="collections">The collections of the phase.</param>
    /// <param name="repos">The repositories that the phase reads.</param>
    public static Predicate<PdsRequest> LastPage(IEnumerable<PdsRequest> earlier, IReadOnlyList<string> collections, IReadOnlyList<SampleRepo> repos)
    {
        var gate = new Lock();
        var ended = new HashSet<(string?, string?)>();
        foreach (var request in earlier)
            IsLast(request);
        return IsLast;

        bool IsLast(PdsRequest request)
        {
            if (!request.IsListing || !collections.Contains(request.Collection)
                || repos.SingleOrDefault(repo => repo.Did == request.Did) is not { } repo || !PageListing.IsEmpty(repo, request.Collection!, request.Cursor))
                return false;
            lock (gate)
            {
                ended.Add((request.Did, request.Collection));
                return ended.Count == repos.Count * collections.Count;
            }
        }
    }

    Task<PdsRequest> ComesAsync(RequestLog log, int count, Func<PdsRequest, bool> isMeant, CancellationToken cancellationToken) =>
        Answered ? log.AnsweredAsync(count, isMeant, cancellationToken) : log.ArrivedAsync(count, isMeant, cancellationToken);

    public override string ToString() => $"{(Page is { } page ? $"page {page}" : "the last page")} {(Answered ? "answered" : "asked for")}";
}
