using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>
/// The pages of a repository, one after the other. A short page is mostly the last of its collection, and says so with an empty page
/// after it: that one is asked for ahead, so that both cost one write.
/// </summary>
sealed class PageFeed(IRepoClient pdses, Uri pds, Did account) : IDisposable
{
    (RecordQuery Query, RecordPage Page)? ahead;

    // Short pages prove nothing at this PDS. Looking ahead at each of them would gain nothing, and cost two pages at a kill instead of one.
    bool goesOnAfterShort;

    /// <summary>The next page of a collection.</summary>
    /// <exception cref="AtProtoException">The PDS does not answer.</exception>
    public async Task<RecordPage> NextAsync(Nsid collection, CollectionState before, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(account, collection, before.Cursor);
        if (ahead is not { } held)
            return await pdses.ListRecordsAsync(pds, query, cancellationToken);

        ahead = null;
        return held.Query == query
            ? held.Page
            : throw new InvalidOperationException($"The page ahead is that of {held.Query}, and not of {query}.");
    }

    /// <summary>Whether nothing follows a page: it has no cursor, or the page after it turns out to be empty.</summary>
    /// <remarks>
    /// Never throws for want of an answer: the page in hand is good whatever becomes of the next, and the next is asked for again.
    /// </remarks>
    public async Task<bool> IsLastAsync(Nsid collection, RecordPage page, CancellationToken cancellationToken)
    {
        if (page.Cursor is null)
            return true;

        var query = new RecordQuery(account, collection, page.Cursor);
        if (goesOnAfterShort || page.Records.Count == 0 || page.Records.Count >= query.Limit)
            return false;

        RecordPage next;
        try
        {
            next = await pdses.ListRecordsAsync(pds, query, cancellationToken);
        }
        catch (Exception e) when (e is AtProtoException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return false;
        }

        if (next.Records.Count == 0 && next.Cursor is null)
        {
            next.Dispose();
            return true;
        }

        goesOnAfterShort = true;
        ahead = (query, next);
        return false;
    }

    /// <summary>Gives back a page that was asked for and not used.</summary>
    public void Dispose() => ahead?.Page.Dispose();
}
