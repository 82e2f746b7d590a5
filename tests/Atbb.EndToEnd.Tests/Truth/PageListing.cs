using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>What reading repositories takes, and who owns which collections.</summary>
static class PageListing
{
    /// <summary>What a page of listRecords holds at most.</summary>
    public const int PageSize = 100;

    /// <summary>The collections of the first phase, in the order in which they are read.</summary>
    public static IReadOnlyList<string> ForumCollections { get; } =
        [ForumRecords.Forum, ForumRecords.Category, ForumRecords.Board, ForumRecords.Role, ForumRecords.ModAction];

    /// <summary>The collections of the second.</summary>
    public static IReadOnlyList<string> UserCollections { get; } = [ForumRecords.Membership, ForumRecords.Post];

    /// <summary>Whether a page is the empty one after the last record.</summary>
    public static bool IsEnd(SampleRepo repo, string? collection, string? cursor) =>
        !string.IsNullOrEmpty(cursor) && IsEmpty(repo, collection!, cursor);

    /// <summary>Whether a page holds no record: the one after the last record, or the only one of a collection that has none.</summary>
    public static bool IsEmpty(SampleRepo repo, string collection, string? cursor) =>
        repo.Page(collection, string.IsNullOrEmpty(cursor) ? null : cursor, ascending: true, limit: 1).Length == 0;

    /// <summary>Pages to be asked for: every page that is not empty has a cursor, so the end is an empty one.</summary>
    public static int PagesOf(SampleRepo repo, IEnumerable<string> collections) =>
        collections.Sum(collection => 1 + (repo.Count(collection) + PageSize - 1) / PageSize);
}
