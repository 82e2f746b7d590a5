using Atbb.Grains.Discovery;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Runs;

/// <summary>
/// The second phase in rounds. Round 0 reads every repository known when it began; whoever is found meanwhile (by relays, or named in
/// records) is read in the next one, since a DID may lie below where the reading has come to. A round's repositories are fixed before it
/// begins, so its low-water mark and its counters are exact over any number of resumes, and no repository is in two.
/// </summary>
sealed partial class BackfillGrain
{
    RepoScope Scope => run switch
    {
        { Round: > 0 and var round, RunId: var runId } => new RepoScope.Found(runId, round),
        { Type: RunType.CatchUp, RunId: var runId } => new RepoScope.KnownUsers(runId),
        { Type: RunType.FullSync, RunId: var runId } => new RepoScope.KnownRepositories(runId),
        _ => throw new InvalidOperationException($"There is no scope for the run type {run?.Type}."),
    };

    /// <summary>Asks the relays beside everything else, so that nobody known waits for them; null when that is not due.</summary>
    RelayInquiry? AskRelays(CancellationToken cancellationToken) => run is { Type: RunType.FullSync, Round: 0 } && discovery.MaxRounds > 0
        ? new RelayInquiry(relays, run.RunId, round: 1, trouble, time, cancellationToken)
        : null;

    async Task ReadUsersAsync(RelayInquiry? inquiry, CancellationToken cancellationToken)
    {
        await ReadRoundAsync(cancellationToken);
        if (inquiry is not null)
        {
            if (!inquiry.IsOver)
                LogWaiting(run!.RunId, discovery.MaxDelay);
            await inquiry.EndAsync(discovery.MaxDelay);
        }

        while (await EnterNextRoundAsync(cancellationToken))
            await ReadRoundAsync(cancellationToken);
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

    async Task ReadRoundAsync(CancellationToken cancellationToken)
    {
        window = OpenWindow(UserSource());
        await window.DrainAsync(cancellationToken);
    }

    /// <summary>Goes on to those found since, once everything before is settled. Killed before it is saved, the same are found again.</summary>
    /// <returns>Whether there is anything to go on to.</returns>
    async Task<bool> EnterNextRoundAsync(CancellationToken cancellationToken)
    {
        var (runId, round) = (run!.RunId, run.Round + 1);
        if (run.Type is not RunType.FullSync || round > discovery.MaxRounds)
            return false;

        await FindReferencedAsync(runId, round, cancellationToken);
        var count = await patience.WaitForAsync(token => repos.CountAsync(new RepoScope.Found(runId, round), token), cancellationToken);
        // What the relays cost is taken into the books with the step into round 1, be there anything in it or not: once, that is.
        var spent = round == 1 ? await patience.WaitForAsync(token => found.SpentAsync(runId, token), cancellationToken) : default;
        if (count == 0 && spent == default)
            return false;

        var entered = run.At(window).EnterRound(round, window!.Ledger.Done, window.Ledger.Counts + spent.ToSyncCounts(), count);
        LogRound(runId, round, count);
        // No window while the step is taken: the checkpoint of a round must not be written over the next one's.
        window = null;
        await UntilDoneAsync(() => SaveAsync(_ => entered), cancellationToken);
        return true;
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
