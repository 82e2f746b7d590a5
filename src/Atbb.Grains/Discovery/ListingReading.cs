using Atbb.AtProto.Discovery;
using Atbb.Indexing.Discovery;

namespace Atbb.Grains.Discovery;

/// <summary>What a page says about its listing.</summary>
/// <param name="After">The listing once the page is written.</param>
/// <param name="Problem">Why the listing must not be followed: the relay leads in circles. Null when it may.</param>
sealed record ListingReading(RelayListing After, string? Problem)
{
    /// <summary>Reads a page.</summary>
    /// <param name="before">Where the reading stood.</param>
    /// <param name="page">The page.</param>
    /// <param name="cursors">The cursors followed so far; the page's is added. One for some thousand repositories: they are few.</param>
    public static ListingReading Read(RelayListing before, RepoListPage page, ISet<string> cursors)
    {
        var after = before with
        {
            Cursor = page.Cursor,
            Status = page.Cursor is null ? RelayListing.Completed : RelayListing.InProgress,
            DidsListed = before.DidsListed + page.Dids.Count,
            DidsSkipped = before.DidsSkipped + page.Skipped,
        };
        return new(after, page.Cursor switch
        {
            null => null,
            { } cursor when page.Dids.Count + page.Skipped == 0 => $"it gave a page without repositories and yet a cursor, '{cursor}'",
            { } cursor when !cursors.Add(cursor) => $"it gave the cursor '{cursor}' twice",
            _ => null,
        });
    }
}
