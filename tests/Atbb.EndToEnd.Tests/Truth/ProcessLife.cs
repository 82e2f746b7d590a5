using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>The pages that one process of a run asked for, from its start to its kill, or to the run's end.</summary>
sealed record ProcessLife(IReadOnlyList<PdsRequest> Pages)
{
    // No process has its silo up before this: what arrives earlier was sent by the one before, and lay in a socket. On a busy machine it may lie there for longer, but then mostly
    // in a connection that is known to be the former's.
    static readonly TimeSpan StartTakes = TimeSpan.FromMilliseconds(200);

    /// <summary>Deals a server's log out to the processes that asked.</summary>
    public static IReadOnlyList<ProcessLife> Of(IEnumerable<PdsRequest> log, IReadOnlyList<DateTimeOffset> starts)
    {
        var pages = log
            .GroupBy(request => request.Connection)
            .Select(connection => (Requests: connection, Begun: connection.Min(request => request.ArrivedAt)))
            .SelectMany(connection => connection.Requests.Select(request => (Request: request, connection.Begun)))
            .Where(each => each.Request.IsListing)
            .OrderBy(each => each.Request.ArrivedAt)
            .ToLookup(each => starts.Count(start => start + StartTakes <= each.Begun), each => each.Request);
        return [.. Enumerable.Range(1, starts.Count).Select(life => new ProcessLife([.. pages[life]]))];
    }

    /// <summary>
    /// A kill costs one page of records of each repository in flight (and the empty one after it, where the two are written together), and
    /// nothing of those that were settled: what is asked for again shows it.
    /// </summary>
    public static void CompareRepeats(IReadOnlyList<ProcessLife> lives, int concurrency, Func<string, SampleRepo> repoOf, Differences differences)
    {
        var asked = new HashSet<(string?, string?, string?)>();
        var begun = new HashSet<(string?, bool)>();
        for (var life = 0; life < lives.Count; life++)
        {
            var pages = lives[life].Pages.Select(page => (page.Did, page.Collection, page.Cursor)).ToList();
            foreach (var twice in pages.GroupBy(page => page).Where(same => same.Count() > 1))
                differences.Add($"process {life + 1} asked {twice.Count()} times for {twice.Key}");

            var repeats = pages.Distinct().Where(asked.Contains).Where(page => !PageListing.IsEnd(repoOf(page.Did!), page.Collection, page.Cursor)).ToList();
            foreach (var repo in repeats.GroupBy(page => page.Did).Where(repo => repo.Count() > 1))
                differences.Add($"process {life + 1} repeated {repo.Count()} pages of {repo.Key}: {string.Join(", ", repo)}");
            foreach (var repo in pages.Distinct().Where(asked.Contains).GroupBy(page => page.Did).Where(repo => repo.Count() > 2))
                differences.Add($"process {life + 1} repeated {repo.Count()} requests to {repo.Key}: {string.Join(", ", repo)}");
            if (repeats.Count > concurrency)
                differences.Add($"process {life + 1} repeated {repeats.Count} pages, with {concurrency} repositories at once");

            // A repository of the window's width back was settled before this one was begun: at most that many were in flight.
            var now = pages.Select(page => (page.Did, IsForum: PageListing.ForumCollections.Contains(page.Collection))).ToHashSet();
            var goneOnWith = now.Count(begun.Contains);
            if (goneOnWith > concurrency)
                differences.Add($"process {life + 1} went on with {goneOnWith} repositories, of which {concurrency} at most can have been in flight");

            asked.UnionWith(pages);
            begun.UnionWith(now);
        }
    }
}
