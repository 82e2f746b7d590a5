using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Discovery;

/// <summary>Asks relays who writes what. The seam for another library's client.</summary>
public interface IRelayClient
{
    /// <summary>
    /// One page of the repositories that hold records of a collection (<c>com.atproto.sync.listReposByCollection</c>). A relay may be stale
    /// and may name too many: what it says is where to look, not what is there.
    /// </summary>
    /// <param name="relay">Origin of the relay.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="cursor">The cursor of the page before; null: the first page.</param>
    /// <param name="limit">Repositories on a page at most, 1 to 2,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AtProtoException">The relay does not answer the question.</exception>
    Task<RepoListPage> ListReposByCollectionAsync(Uri relay, Nsid collection, string? cursor, int limit, CancellationToken cancellationToken);
}
