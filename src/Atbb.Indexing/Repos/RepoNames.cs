namespace Atbb.Indexing.Repos;

/// <summary>How states are written in the tables: by name, in lower case.</summary>
static class RepoNames
{
    public static string Stored(this RepoStatus status) => Enum.GetName(status)!.ToLowerInvariant();

    public static string Stored(this ListingOrder order) => Enum.GetName(order)!.ToLowerInvariant();

    public static RepoStatus Status(string stored) => Enum.Parse<RepoStatus>(stored, ignoreCase: true);

    public static ListingOrder Order(string stored) => Enum.Parse<ListingOrder>(stored, ignoreCase: true);
}
