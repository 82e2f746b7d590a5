namespace Atbb.Indexing.Repos;

/// <summary>How states are written in the tables, and shown: by name, in lower case.</summary>
public static class RepoNames
{
    /// <summary>The name of an account's state.</summary>
    public static string Stored(this RepoStatus status) => Enum.GetName(status)!.ToLowerInvariant();

    internal static string Stored(this ListingOrder order) => Enum.GetName(order)!.ToLowerInvariant();

    internal static RepoStatus Status(string stored) => Enum.Parse<RepoStatus>(stored, ignoreCase: true);

    internal static ListingOrder Order(string stored) => Enum.Parse<ListingOrder>(stored, ignoreCase: true);
}
