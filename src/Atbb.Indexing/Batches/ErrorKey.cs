using Atbb.Indexing.Collections;

namespace Atbb.Indexing.Batches;

/// <summary>What identifies an error row within a run and a repository. Both parts are empty for a failure of the whole repository.</summary>
readonly record struct ErrorKey(string Collection, string Uri)
{
    // Both stand in a B-tree entry, together with the DID.
    const int MaxUriLength = 1_000;

    public static ErrorKey Of(RecordFailure failure)
    {
        var uri = StorableText.Of(failure.Uri) ?? "";
        return new ErrorKey(failure.Collection ?? "", uri.Length <= MaxUriLength ? uri : StorableText.Of(uri[..MaxUriLength])!);
    }
}
