namespace Atbb.Indexing.Discovery;

/// <summary>A relay's listing that names fewer repositories than the index has.</summary>
public sealed record ShortListing
{
    /// <summary>Origin of the relay.</summary>
    public required string Relay { get; init; }

    /// <summary>The collection.</summary>
    public required string Collection { get; init; }

    /// <summary>Repositories that the relay has named.</summary>
    public required long Listed { get; init; }

    /// <summary>Active repositories that are known to hold records of the collection.</summary>
    public required long Held { get; init; }
}
