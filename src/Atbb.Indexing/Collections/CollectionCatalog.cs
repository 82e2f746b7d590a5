using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Atbb.Indexing.Collections;

/// <summary>The collections that are indexed, in the order in which they are read.</summary>
public static class CollectionCatalog
{
    /// <summary>Those of the forum's repository: what is referred to before what refers to it.</summary>
    public static IReadOnlyList<RecordCollection> ForumCollections { get; } =
    [
        ForumCollection.Definition,
        CategoryCollection.Definition,
        BoardCollection.Definition,
        RoleCollection.Definition,
        ModActionCollection.Definition,
    ];

    /// <summary>Those of a user's repository.</summary>
    public static IReadOnlyList<RecordCollection> UserCollections { get; } =
    [
        MembershipCollection.Definition,
        PostCollection.Definition,
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecordCollection> All { get; } = [.. ForumCollections, .. UserCollections];

    static readonly FrozenDictionary<string, RecordCollection> ByNsid = All.ToFrozenDictionary(collection => collection.Nsid, StringComparer.Ordinal);

    static readonly FrozenDictionary<string, IReadOnlyList<CollectionReference>> ReferencesByTarget = All
        .SelectMany(collection => collection.References.Select(field => new CollectionReference(collection, field)))
        .GroupBy(reference => reference.Field.Target!)
        .ToFrozenDictionary(group => group.Key, IReadOnlyList<CollectionReference> (group) => [.. group], StringComparer.Ordinal);

    /// <summary>The collection of that name, if it is indexed.</summary>
    public static bool TryGet(string nsid, [NotNullWhen(true)] out RecordCollection? collection) => ByNsid.TryGetValue(nsid, out collection);

    /// <summary>The collection of that name.</summary>
    /// <exception cref="ArgumentException">It is not indexed.</exception>
    public static RecordCollection Get(string nsid) =>
        TryGet(nsid, out var collection) ? collection : throw new ArgumentException($"The collection '{nsid}' is not indexed.", nameof(nsid));

    /// <summary>The references that name records of a collection.</summary>
    internal static IReadOnlyList<CollectionReference> ReferencesTo(RecordCollection collection) =>
        ReferencesByTarget.GetValueOrDefault(collection.Nsid) ?? [];
}
