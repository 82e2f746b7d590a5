using System.Diagnostics.CodeAnalysis;

namespace Atbb.AtProto.Syntax;

/// <summary>
/// The address of one record, <c>at://did/collection/rkey</c>. Of the general AT-URI this service accepts that form alone: references
/// between records carry a DID, never a handle, since a handle may change hands. Source: https://atproto.com/specs/at-uri-scheme
/// </summary>
/// <remarks>A class, since it stands in tables and lists of many: as a struct of four references it would be copied again and again.</remarks>
public sealed record AtUri
{
    const string Scheme = "at://";

    AtUri(string value, Did did, Nsid collection, RecordKey rkey)
    {
        Value = value;
        Did = did;
        Collection = collection;
        Rkey = rkey;
    }

    /// <summary>The address of a record.</summary>
    public AtUri(Did did, Nsid collection, RecordKey rkey)
        : this($"{Scheme}{did.Value}/{collection.Value}/{rkey.Value}", did, collection, rkey)
    {
    }

    /// <summary>The whole address.</summary>
    public string Value { get; }

    /// <summary>Whose repository.</summary>
    public Did Did { get; }

    /// <summary>Which collection.</summary>
    public Nsid Collection { get; }

    /// <summary>Which record.</summary>
    public RecordKey Rkey { get; }

    /// <summary>Reads the address of a record, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out AtUri? uri)
    {
        uri = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal))
            return false;

        var didEnd = text.IndexOf('/', Scheme.Length);
        if (didEnd < 0)
            return false;

        var collectionEnd = text.IndexOf('/', didEnd + 1);
        if (collectionEnd < 0
            || !Did.TryParse(text[Scheme.Length..didEnd], out var did)
            || !Nsid.TryParse(text[(didEnd + 1)..collectionEnd], out var collection)
            || !RecordKey.TryParse(text[(collectionEnd + 1)..], out var rkey))
        {
            return false;
        }

        uri = new AtUri(text, did, collection, rkey);
        return true;
    }

    /// <summary>Reads the address of a record.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AtUri Parse(string text) =>
        TryParse(text, out var uri) ? uri : throw new FormatException($"'{text}' is not the AT-URI of a record (at://did/collection/rkey).");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
