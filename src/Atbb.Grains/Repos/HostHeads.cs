using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Repos;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Repos;

/// <summary>
/// Revs of repositories from the listings of their hosts: a page of <c>listRepos</c> names a thousand at the price of one
/// <c>getLatestCommit</c>. One listing per host, run and silo.
/// </summary>
sealed class HostHeads(IRepoClient pdses, RepoStore repos, ILogger<HostListing> logger, TimeProvider time)
{
    // Hosts are named by strangers. Forgetting what was listed costs requests and nothing else.
    const int MaxHosts = 4096;

    readonly Lock gate = new();
    readonly Dictionary<string, HostListing> hosts = new(StringComparer.Ordinal);
    long run;

    /// <summary>
    /// The rev that a repository had at some time in this run; null when its host has to be asked about it alone: few have been asked
    /// about there, or it does not list it, or not as active.
    /// </summary>
    public Task<Tid?> RevOfAsync(long runId, Uri pds, Did did, CancellationToken cancellationToken) =>
        ListingOf(runId, pds)?.RevOfAsync(did, cancellationToken) ?? Task.FromResult<Tid?>(null);

    HostListing? ListingOf(long runId, Uri pds)
    {
        var host = pds.GetLeftPart(UriPartial.Authority);
        lock (gate)
        {
            // What a host said in an earlier run is no news, and a repository that is still in one may ask its host itself.
            if (runId < run)
                return null;

            if (runId > run || hosts.Count >= MaxHosts)
                hosts.Clear();
            run = runId;
            if (!hosts.TryGetValue(host, out var listing))
                hosts.Add(host, listing = new HostListing(pds, runId, pdses, repos, logger, time));
            return listing;
        }
    }
}
