using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Repo;

/// <summary>Reads repositories from PDSes. The seam for another library's client.</summary>
/// <remarks>Every method throws <see cref="AtProtoException"/> when the PDS does not answer the question.</remarks>
public interface IRepoClient
{
    /// <summary>The repository's current commit (<c>com.atproto.sync.getLatestCommit</c>).</summary>
    Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken);

    /// <summary>Whether the PDS holds the repository, and in which state (<c>com.atproto.sync.getRepoStatus</c>).</summary>
    Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken);

    /// <summary>
    /// One page of the repositories that a PDS holds (<c>com.atproto.sync.listRepos</c>), up to 1,000, in an order of its own. A repository
    /// whose DID or revision is none is left out.
    /// </summary>
    Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken);

    /// <summary>One page of a collection (<c>com.atproto.repo.listRecords</c>). The caller disposes the page, and not before it is done with its records.</summary>
    Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken);
}
