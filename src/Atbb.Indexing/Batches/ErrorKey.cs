using System.Security.Cryptography;
using System.Text;
using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>What identifies an error row within a run and a repository. Both parts are empty for a failure of the whole repository.</summary>
readonly record struct ErrorKey(string Collection, string Uri)
{
    // Bytes, since a PDS may send any characters: both parts stand in one B-tree entry of at most 2,704, with a DID of up to 2,048.
    // The longest address of a did:plc's record fits: it is found by its record key when its page is read again.
    const int MaxUriBytes = 580;
    const int KeptCharacters = 100;

    public static ErrorKey Of(RecordFailure failure) => new(failure.Collection ?? "", Shorten(StorableText.Of(failure.Uri) ?? ""));

    // What is too long keeps its beginning, for people, and a hash of all of it, so that two of them stay two.
    static string Shorten(string uri)
    {
        var bytes = Encoding.UTF8.GetBytes(uri);
        return bytes.Length <= MaxUriBytes
            ? uri
            : $"{StorableText.Of(uri[..KeptCharacters])}…{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
    }
}
