using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>When a process is killed: at a page of records, by its number, when it has asked for it or when it has been given it.</summary>
readonly record struct KillMoment(int Page, bool Answered)
{
    /// <summary>Draws moments that all come: each of them comes before its share of the pages has been asked for.</summary>
    public static KillMoment[] Draw(Random random, int pages)
    {
        var kills = random.Next(1, 4);
        var share = Math.Max(1, pages / (kills + 1));
        return [.. Enumerable.Range(0, kills).Select(_ => new KillMoment(random.Next(1, share + 1), random.Next(2) == 0))];
    }

    /// <summary>Waits for the moment.</summary>
    /// <param name="log">The log of who is asked.</param>
    /// <param name="collections">The collections of the phase to be hit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ComesAsync(RequestLog log, IReadOnlyList<string> collections, CancellationToken cancellationToken)
    {
        var earlier = log.Snapshot().ToHashSet();
        bool IsMeant(PdsRequest request) => request.IsListing && collections.Contains(request.Collection) && !earlier.Contains(request);
        return Answered ? log.AnsweredAsync(Page, IsMeant, cancellationToken) : log.ArrivedAsync(Page, IsMeant, cancellationToken);
    }

    public override string ToString() => $"page {Page} {(Answered ? "answered" : "asked for")}";
}
