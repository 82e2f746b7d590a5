using System.Collections.ObjectModel;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atbb.Grains.Repos;

/// <summary>
/// Revs of repositories from the listings of their hosts: a page of <c>listRepos</c> names a thousand at the price of one
/// <c>getLatestCommit</c>. One listing per host, run and silo.
/// </summary>
/// <remarks>Of the second phase: the first has one repository, and asks about it alone.</remarks>
sealed class HostHeads(
    IRepoClient pdses,
    IDidResolver identities,
    RepoStore repos,
    SettledRepos settled,
    LeftOut leftOut,
    RepoMetrics metrics,
    IOptions<BackfillOptions> options,
    ILogger<HostListing> logger,
    TimeProvider time)
{
    // Hosts are named by strangers. Forgetting what was listed costs requests and nothing else.
    const int MaxHosts = 4096;

    static readonly IReadOnlyList<string> Collections = [.. CollectionCatalog.UserCollections.Select(static collection => collection.Nsid)];

    readonly Lock gate = new();
    readonly Dictionary<string, HostListing> hosts = new(StringComparer.Ordinal);
    long run;

    /// <summary>
    /// The rev that a repository had at some time in this run; null when its host has to be asked about it alone: few have been asked
    /// about there, or it does not list it, or not as active.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="readsAfresh">Whether that run reads everything again, be it unchanged or not.</param>
    /// <param name="pds">The host.</param>
    /// <param name="did">The repository.</param>
    /// <param name="cancellationToken">Gives up waiting; the listing goes on for others.</param>
    public Task<ListedRev?> RevOfAsync(long runId, bool readsAfresh, Uri pds, Did did, CancellationToken cancellationToken) =>
        ListingOf(runId, readsAfresh, pds)?.RevOfAsync(did, cancellationToken) ?? Task.FromResult<ListedRev?>(null);

    HostListing? ListingOf(long runId, bool readsAfresh, Uri pds)
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
            {
                listing = new HostListing(pds, pdses, (revs, token) => TakeInAsync(runId, readsAfresh, host, revs, token), logger, time, options.Value.ListingPatience);
                hosts.Add(host, listing);
            }

            return listing;
        }
    }

    /// <summary>
    /// Which of the repositories on a page are ours, and whether the phase is done with them by now: those that are unchanged by this page, others since another
    /// silo has read it.
    /// </summary>
    async Task<IReadOnlyDictionary<Did, ListedRev>> TakeInAsync(
        long runId, bool readsAfresh, string host, IReadOnlyDictionary<Did, Tid> revs, CancellationToken cancellationToken)
    {
        var unchanged = readsAfresh ? ReadOnlySet<string>.Empty : await SettleUnchangedAsync(runId, host, revs, cancellationToken);
        // Of an unchanged forum nobody is left to be looked up.
        List<string> rest = [.. revs.Keys.Select(static did => did.Value).Where(did => !unchanged.Contains(did))];
        var ours = rest.Count == 0 ? ReadOnlyDictionary<string, bool>.Empty : await repos.OursAmongAsync(runId, (int)RunPhase.Users, host, rest, cancellationToken);
        var taken = new Dictionary<Did, ListedRev>();
        foreach (var (did, rev) in revs)
            if (unchanged.Contains(did.Value))
                taken.Add(did, new(rev, IsSettled: true));
            else if (ours.TryGetValue(did.Value, out var isSettled))
                taken.Add(did, new(rev, isSettled));
        return taken;
    }

    // Asked one by one, each would be found unchanged by its grain, which costs a hundred times as much.
    async Task<IReadOnlySet<string>> SettleUnchangedAsync(long runId, string host, IReadOnlyDictionary<Did, Tid> revs, CancellationToken cancellationToken)
    {
        var unchanged = await settled.SettleUnchangedAsync(
            new PhaseOfRun(runId, (int)RunPhase.Users, Collections),
            host,
            revs.Where(listed => !IsLeftOut(listed.Key)).ToDictionary(),
            time.GetUtcNow() - options.Value.IdentityMaxAge,
            cancellationToken);
        metrics.SettledByListing(unchanged.Count);
        return unchanged;
    }

    // As its grain would: of did:web, the document's host is the account's own.
    bool IsLeftOut(Did did) =>
        leftOut.BecauseOf(did.Value) is not null || (did.Method is "web" && leftOut.BecauseOf(did.Value, identities.HostOf(did)) is not null);
}
