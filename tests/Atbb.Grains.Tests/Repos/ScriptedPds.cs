using System.Collections.Concurrent;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;

namespace Atbb.Grains.Tests.Repos;

/// <summary>A PDS that answers as a test says, without a wire between.</summary>
sealed class ScriptedPds : IRepoClient
{
    public Func<RecordQuery, CancellationToken, Task<RecordPage>> Records { get; set; } = (_, _) => throw new InvalidOperationException("no page was expected to be asked for");

    public Func<string?, CancellationToken, Task<HostPage>> Repos { get; set; } = (_, _) => throw new InvalidOperationException("no listing was expected to be asked for");

    /// <summary>The cursors of the pages that were asked for.</summary>
    public ConcurrentQueue<string?> Cursors { get; } = new();

    public Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken)
    {
        Cursors.Enqueue(query.Cursor);
        return Records(query, cancellationToken);
    }

    public Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken)
    {
        Cursors.Enqueue(cursor);
        return Repos(cursor, cancellationToken);
    }

    public Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken) => throw new NotSupportedException();
}
