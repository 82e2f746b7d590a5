using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;
using Atbb.Indexing.Collections;

namespace Atbb.Grains.Runs;

/// <summary>
/// Calls repositories for a window, and makes an outcome of a call that failed for a reason outside of the repository: the index's database,
/// or the cluster. What is left over is a bug, and thrown.
/// </summary>
/// <remarks>Belongs to one grain and runs on its scheduler: one thing at a time, no locks.</remarks>
/// <param name="sync">Reads on in a repository.</param>
/// <param name="giveUp">Writes an error row, of a kind and with a reason, for one whose grain is not asked any more.</param>
/// <param name="outage">The database's outages.</param>
/// <param name="options">How often and how long.</param>
/// <param name="time">The clock.</param>
/// <param name="random">The jitter.</param>
sealed class RepoCaller(
    Func<string, CancellationToken, Task<RepoSlice>> sync,
    Func<string, string, string, CancellationToken, Task> giveUp,
    DatabaseOutage outage,
    BackfillOptions options,
    TimeProvider time,
    Random random)
{
    // Long enough not to hammer a database that comes up again, short against a minute.
    static readonly TimeSpan PauseInOutage = TimeSpan.FromSeconds(2);

    // Of repositories that are under way: since when they are, what they have come to, and how often in a row nobody answered for them.
    readonly Dictionary<string, (long Began, SyncCounts Counts, int Unanswered)> open = new(StringComparer.Ordinal);

    /// <summary>Asks a repository to read on.</summary>
    public async Task<RepoSlice> SyncAsync(string did, CancellationToken cancellationToken)
    {
        var isOpen = open.TryGetValue(did, out var known);
        var (began, counts, unanswered) = isOpen ? known : (time.GetTimestamp(), default, 0);
        // A host may answer a record an hour, and never fail: each answer begins every other bound anew.
        if (time.GetElapsedTime(began) > options.MaxRepoTime)
            return await GiveUpAsync(did, counts, FailureKinds.TooSlow, $"{did} was not read to its end in {options.MaxRepoTime}.", cancellationToken);

        try
        {
            var slice = await sync(did, cancellationToken);
            // These two may be without a word with the database. Of the others, what has come further than it was known to be was written.
            if (slice.Outcome is not (RepoOutcome.Parked or RepoOutcome.LeftOut))
                outage.End(DatabasePart.Index, isWrite: isOpen && slice.Counts != default && slice.Counts != counts);
            if (slice.Outcome is RepoOutcome.More or RepoOutcome.Parked)
                open[did] = (began, slice.Counts, 0);
            else
                open.Remove(did);
            return slice;
        }
        catch (IndexUnreachableException e)
        {
            // Without a bound: nothing can be indexed, and no error row written, until the database is back, and then everything goes on.
            outage.Begin(DatabasePart.Index, e.Message, isWrite: true);
            // That is not the repository's doing.
            open[did] = (time.GetTimestamp(), counts, 0);
            return new RepoSlice(new RepoOutcome.Parked(time.GetUtcNow() + PauseInOutage, $"the index's database does not answer: {e.Message}"), counts);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // A silo lost with the repository is dead and replaced within a bounded time. What fails for longer is this one repository's
            // trouble, and must not keep the run from its end.
            return await UnansweredAsync(did, began, counts, unanswered + 1, e.Message, cancellationToken);
        }
    }

    async Task<RepoSlice> UnansweredAsync(string did, long began, SyncCounts counts, int attempts, string reason, CancellationToken cancellationToken)
    {
        if (attempts < options.MaxAttempts)
        {
            open[did] = (began, counts, attempts);
            var until = time.GetUtcNow() + Backoff.Delay(attempts, options.RetryBaseDelay, options.RetryMaxDelay, random.NextDouble());
            return new RepoSlice(new RepoOutcome.Parked(until, $"the grain of {did} does not answer: {reason}", attempts), counts);
        }

        return await GiveUpAsync(did, counts, FailureKinds.NotAnswered, $"The grain of {did} did not answer in {attempts} attempts: {reason}", cancellationToken);
    }

    async Task<RepoSlice> GiveUpAsync(string did, SyncCounts counts, string kind, string reason, CancellationToken cancellationToken)
    {
        open.Remove(did);
        var message = $"{reason} {FailureKinds.NextStep(kind)}";
        await giveUp(did, kind, message, cancellationToken);
        return new RepoSlice(new RepoOutcome.GivenUp(message), counts + new SyncCounts { Failed = 1 });
    }
}
