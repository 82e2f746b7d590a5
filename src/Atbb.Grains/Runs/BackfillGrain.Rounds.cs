using Atbb.Grains.Discovery;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Runs;

/// <summary>
/// The second phase in rounds. Round 0 reads every repository known when it began; whoever is found meanwhile (by relays, or named in
/// records) is read in the next one, since a DID may lie below where the reading has come to. A round's repositories are fixed before it
/// begins, so its low-water mark and its counters are exact over any number of resumes, and no repository is in two. It begins when those before
/// are settled, or have been waited for a little: whoever waits for a host stays in the window, and holds the mark where it is.
/// </summary>
sealed partial class BackfillGrain
{
    RepoScope ScopeOf(int round) => (round, run) switch
    {
        (not 0, { RunId: var runId }) => new RepoScope.Found(runId, round),
        (0, { Type: RunType.CatchUp, RunId: var runId }) => new RepoScope.KnownUsers(runId),
        (0, { Type: RunType.FullSync, RunId: var runId }) => new RepoScope.KnownRepositories(runId),
        _ => throw new InvalidOperationException($"There is no scope for round {round} of the run type {run?.Type}."),
    };

    /// <summary>Asks the relays beside everything else, so that nobody known waits for them; null when that is not due.</summary>
    RelayInquiry? AskRelays(CancellationToken cancellationToken) => run is { Type: RunType.FullSync, Round: 0 } && discovery.MaxRounds > 0
        ? new RelayInquiry(relays, run.RunId, round: 1, trouble, time, cancellationToken)
        : null;

    async Task ReadUsersAsync(RelayInquiry? inquiry, CancellationToken cancellationToken)
    {
        window = OpenWindow(
            UserSource(),
            run is { Type: RunType.FullSync } ? (of, token) => EnterNextRoundAsync(of, inquiry, token) : null);
        await window.DrainAsync(cancellationToken);
        await ReportShortListingsAsync(cancellationToken);
    }

    /// <summary>A relay that is behind is no error, since whoever is known is read all the same; but nobody would notice whom it keeps back.</summary>
    async Task ReportShortListingsAsync(CancellationToken cancellationToken)
    {
        if (run is not { Type: RunType.FullSync, RunId: var runId })
            return;

        foreach (var listing in await patience.WaitForAsync(token => found.ListShortAsync(runId, token), cancellationToken))
        {
            LogShortListing(runId, listing.Relay, listing.Listed, listing.Collection, listing.Held);
            trouble.NoteLasting(
                $"The relay {listing.Relay} names {listing.Listed} repositories with {listing.Collection}, and {listing.Held} are known: it is behind, or does not look at every host. "
                + "Whom it keeps back is found only if somebody else names them; add another relay to Atbb:Discovery:Relays.");
        }
    }

    /// <summary>
    /// Goes on to those found since. Killed before the mark has come to that round, the same are found again, with whoever was found after them: above the
    /// mark, nothing is taken for read.
    /// </summary>
    /// <returns>The round's repositories; null when there is nothing to go on to for now.</returns>
    async Task<IRepoSource?> EnterNextRoundAsync(RepoWindow window, RelayInquiry? inquiry, CancellationToken cancellationToken)
    {
        var ledger = window.Ledger;
        var (runId, round, isEarly) = (run!.RunId, ledger.Round + 1, ledger.OpenCount > 0);
        if (round > discovery.MaxRounds + run.EarlyRounds)
            return null;

        if (inquiry is not null)
        {
            // What relays name belongs to round 1, which must not grow once it has begun.
            if (isEarly && !inquiry.IsOver)
                return null;
            if (!inquiry.IsOver)
                LogWaiting(runId, discovery.MaxDelay);
            await inquiry.EndAsync(discovery.MaxDelay);
        }

        // Then the run begins with the first phase again, which is the repair's to see to; a kill between its two steps leads here.
        if (!isEarly && await IsForumEmptiedAsync(runId, cancellationToken))
            return null;

        await FindReferencedAsync(runId, round, cancellationToken);
        var scope = new RepoScope.Found(runId, round);
        var count = await patience.WaitForAsync(token => repos.CountAsync(scope, token), cancellationToken);
        // What the relays cost is taken into the books with the step into round 1, be there anything in it or not: once, that is.
        var spent = round == 1 ? await patience.WaitForAsync(token => found.SpentAsync(runId, token), cancellationToken) : default;
        if (count == 0 && (isEarly || spent == default))
            return null;

        LogRound(runId, round, count);
        ledger.Enter(round, spent.ToSyncCounts());
        await UntilDoneAsync(
            () => SaveAsync(current => current.At(window) with
            {
                DidsTotal = ledger.Done + ledger.OpenCount + count,
                EarlyRounds = run.EarlyRounds + (isEarly ? 1 : 0),
            }),
            cancellationToken);
        return SourceOf(scope);
    }

    async Task FindReferencedAsync(long runId, int round, CancellationToken cancellationToken)
    {
        var added = await patience.WaitForAsync(token => found.AddReferencedAsync(runId, round, discovery.MaxFound, token), cancellationToken);
        if (added < discovery.MaxFound)
            return;

        trouble.Note($"Records name more than {added} accounts that nobody knew; round {round} reads no more of them (Atbb:Discovery:MaxFound).");
        LogTooManyNamed(runId, added, round);
    }
}
