using Atbb.AtProto;
using Atbb.Indexing.Runs;

namespace Atbb.Grains.Repos;

/// <summary>Which rev the repository has: from its host's listing, or asked for alone.</summary>
sealed partial class UserRepoGrain
{
    // What a listing said of the repository in a run. It says it once, and whoever is sent away before the first page comes back.
    (long RunId, string Rev)? listed;

    /// <summary>The repository's rev; null when its PDS has no way to tell it.</summary>
    async Task<string?> ReadRevAsync(CancellationToken cancellationToken)
    {
        // Not after a failure, nor by hand: what the host has listed was said before.
        if (Repo.Attempts == 0 && Repo.RunId != ErrorStore.ByHand && await ReadListedRevAsync(Repo.RunId!.Value, cancellationToken) is { } said)
            return said;

        try
        {
            return (await pdses.GetLatestCommitAsync(Pds, account, cancellationToken)).Rev.Value;
        }
        catch (AtProtoException e) when (RepoVerdict.IsMissingMethod(e))
        {
            return null;
        }
    }

    async Task<string?> ReadListedRevAsync(long runId, CancellationToken cancellationToken)
    {
        if (listed?.RunId != runId)
            listed = await heads.RevOfAsync(runId, Pds, account, cancellationToken) is { } rev ? (runId, rev.Value) : null;
        return listed?.Rev;
    }
}
