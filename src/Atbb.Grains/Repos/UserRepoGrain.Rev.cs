using Atbb.AtProto;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Runs;

namespace Atbb.Grains.Repos;

/// <summary>Which rev the repository has: from its host's listing, or asked for alone.</summary>
sealed partial class UserRepoGrain
{
    (long RunId, int Phase, string Pds, string? Rev, bool IsSettled)? revAhead;

    /// <summary>
    /// The rev that this pass begins with. Asked for once, however often the pass is sent away before its first page: a host that may be asked
    /// seldom would answer nothing else. Being older than need be costs a reading too many, and misses nothing.
    /// </summary>
    async Task<(string? Rev, bool IsSettled)> ReadRevOnceAsync(CancellationToken cancellationToken)
    {
        if (revAhead is not { } ahead || (ahead.RunId, ahead.Phase, ahead.Pds) != (Repo.RunId, Repo.Phase, Repo.Pds))
        {
            var (rev, isSettled) = await ReadRevAsync(cancellationToken);
            revAhead = ahead = (Repo.RunId!.Value, Repo.Phase, Repo.Pds!, rev, isSettled);
        }

        return (ahead.Rev, ahead.IsSettled);
    }

    /// <summary>Its host's listing has settled it since its row was read, with many others.</summary>
    async Task<RepoOutcome> SettledByListingAsync(CancellationToken cancellationToken)
    {
        var (runId, phase) = (Repo.RunId!.Value, (RunPhase)Repo.Phase);
        known = await repos.LoadAsync(Key, cancellationToken);
        revAhead = null;
        // Otherwise somebody has been at it once more, and it is asked again.
        if (!Repo.IsSettledIn(runId, phase))
            return new RepoOutcome.More();
        return await LeaveSettledAsync(new RepoOutcome.Unchanged());
    }

    /// <summary>Whether nothing in the repository has changed since the pass began. When its PDS has no way to tell, it may have.</summary>
    async Task<bool> IsAsItBeganAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Repo.Rev is { } rev && (await pdses.GetLatestCommitAsync(Pds, account, cancellationToken)).Rev.Value == rev;
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            return false;
        }
    }

    /// <summary>The repository's rev; null when its PDS has no way to tell it.</summary>
    async Task<(string? Rev, bool IsSettled)> ReadRevAsync(CancellationToken cancellationToken)
    {
        // Not after a failure, nor by hand: what the host has listed was said before.
        if (Repo.Attempts == 0 && Repo.RunId != ErrorStore.ByHand && await heads.RevOfAsync(Repo.RunId!.Value, readsAfresh, Pds, account, cancellationToken) is { } listed)
            return (listed.Rev.Value, listed.IsSettled);

        try
        {
            return ((await pdses.GetLatestCommitAsync(Pds, account, cancellationToken)).Rev.Value, false);
        }
        catch (AtProtoException e) when (RepoVerdict.IsMissingMethod(e))
        {
            return (null, false);
        }
    }
}
