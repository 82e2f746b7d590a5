using Atbb.Indexing.Repos;

namespace Atbb.Grains.Runs;

/// <summary>An index that somebody empties, before a run or in its middle, is whole again when the run has completed.</summary>
sealed partial class BackfillGrain
{
    // Of whoever goes on emptying tables, the next run sees to the rest.
    const int MostRepairs = 3;

    /// <summary>What the run has yet to read is not passed over for a rev that says it has been read.</summary>
    async Task ForgetEmptiedAsync(CancellationToken cancellationToken)
    {
        // First: by their cursors it is known that there were records.
        var users = await patience.WaitForAsync(emptied.RestoreUsersAsync, cancellationToken);
        var repositories = await patience.WaitForAsync(token => emptied.ForgetAsync(run!.RunId, token), cancellationToken);
        if (users + repositories > 0)
            LogEmptied(ForumDid, repositories, users);
    }

    /// <summary>
    /// Goes on to a round over what was emptied since the run came to it: otherwise it would complete with a hole that no error row tells of, and that
    /// every later run passes over. Killed before it is saved, the same are found again.
    /// </summary>
    /// <returns>Whether there is anything to go on to.</returns>
    async Task<bool> GoRoundAgainAsync(CancellationToken cancellationToken)
    {
        var (runId, round) = (run!.RunId, window!.Ledger.Round + 1);
        if (round > discovery.MaxRounds + run.EarlyRounds + MostRepairs)
            return false;

        await MarkEmptiedAsync(runId, round, cancellationToken);
        var count = await patience.WaitForAsync(token => repos.CountAsync(new RepoScope.Found(runId, round), token), cancellationToken);
        if (count == 0)
            return false;

        var entered = run.At(window).EnterRound(round, window.Ledger.Done, window.Ledger.Counts, count);
        // The first phase alone reads all of its rows.
        if (await IsForumEmptiedAsync(runId, cancellationToken))
            entered = entered.BackToForum();
        LogRound(runId, round, count);
        // What was not answered is counted in the rounds before.
        unanswered.Clear();
        window = null;
        await UntilDoneAsync(() => SaveAsync(_ => entered), cancellationToken);
        return true;
    }

    // Marked for a repair: its rows are among those that are gone.
    async Task<bool> IsForumEmptiedAsync(long runId, CancellationToken cancellationToken) =>
        await patience.WaitForAsync(token => repos.LoadAsync(ForumDid, token), cancellationToken) is { Phase: 0, FoundByRun: { } by } && by == runId;

    async Task MarkEmptiedAsync(long runId, int round, CancellationToken cancellationToken)
    {
        var users = await patience.WaitForAsync(emptied.RestoreUsersAsync, cancellationToken);
        var repositories = 0;
        if (await patience.WaitForAsync(emptied.AnyAsync, cancellationToken))
        {
            // Their rows are to speak of the next round alone: what they came to in this one must stand in the checkpoint before.
            await UntilDoneAsync(() => SaveAsync(current => current.At(window)), cancellationToken);
            repositories = await patience.WaitForAsync(token => emptied.MarkAsync(runId, round, token), cancellationToken);
        }

        if (users + repositories > 0)
            LogEmptied(ForumDid, repositories, users);
    }
}
