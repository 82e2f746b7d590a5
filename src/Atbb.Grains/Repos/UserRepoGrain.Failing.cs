using Atbb.AtProto;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>What becomes of a repository that could not be read: asked again later, elsewhere, or not at all.</summary>
sealed partial class UserRepoGrain
{
    async Task<RepoOutcome> FailAsync(AtProtoException e, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = RepoVerdict.Of(e);
            if (verdict is RepoVerdict.AskStatus)
                verdict = await AskStatusAsync(cancellationToken);
            if (verdict is RepoVerdict.AskIdentity { Otherwise: var otherwise })
                verdict = await AskIdentityAsync(otherwise, cancellationToken);

            return verdict switch
            {
                null => new RepoOutcome.More(),
                RepoVerdict.Deferred { Until: var until } => new RepoOutcome.Parked(until, e.Message),
                RepoVerdict.Transient { NotBefore: var notBefore } => await ParkAsync(e.Message, notBefore, "unreachable"),
                RepoVerdict.Gone { Status: RepoStatus.NotFound } => await GiveUpAsync(RepoStatus.NotFound, "not_found", e.Message),
                RepoVerdict.Gone { Status: var status } => await SettleGoneAsync(status, e.Message),
                RepoVerdict.Refused { Kind: var kind } => await GiveUpAsync(Repo.Status, kind, e.Message),
                _ => throw new InvalidOperationException($"There is nothing to do for the verdict {verdict}."),
            };
        }
        catch (AtProtoException next)
        {
            // Asked why, the other side did not answer either.
            return RepoVerdict.Of(next) is RepoVerdict.Deferred { Until: var until }
                ? new RepoOutcome.Parked(until, next.Message)
                : await ParkAsync(next.Message, next.RetryAt, "unreachable");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new RepoOutcome.More();
        }
    }

    async Task<RepoVerdict> AskStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return RepoVerdict.Of(await pdses.GetRepoStatusAsync(Pds, account, cancellationToken));
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            return RepoVerdict.OfStatusRefusal(e);
        }
    }

    /// <summary>Looks whether the account has moved.</summary>
    /// <returns>What to do when it has not; null when it has, and is to be read from its new PDS.</returns>
    async Task<RepoVerdict?> AskIdentityAsync(RepoStatus otherwise, CancellationToken cancellationToken)
    {
        RepoState moved;
        try
        {
            moved = Repo.LivesAt(await identities.ResolveAsync(account, TimeSpan.Zero, cancellationToken));
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            return RepoVerdict.Of(e);
        }

        // Two PDSes that send each other on end here: moving counts as an attempt.
        if (moved.Pds == Repo.Pds || Repo.Attempts >= options.MaxAttempts)
            return new RepoVerdict.Gone(otherwise);

        LogMoved(Key, Repo.Pds, moved.Pds);
        known = moved with { Attempts = moved.Attempts + 1 };
        return null;
    }

    async Task<RepoOutcome> ParkAsync(string reason, DateTimeOffset? notBefore, string kind, string? collection = null)
    {
        if (Repo.Attempts + 1 >= options.MaxAttempts)
            return await GiveUpAsync(Repo.Status, kind, $"{reason} Given up after {options.MaxAttempts} attempts.", collection);

        var delay = Backoff.Delay(Repo.Attempts + 1, options.RetryBaseDelay, options.RetryMaxDelay, random.NextDouble());
        var until = time.GetUtcNow() + delay;
        if (notBefore > until)
            until = notBefore.Value;

        LogParked(Key, Repo.Pds, Repo.Attempts + 1, until, reason);
        return await WriteAsync(new RecordBatch { Repo = Repo.Park(until, reason) })
            ? new RepoOutcome.Parked(until, reason)
            : new RepoOutcome.More();
    }

    async Task<RepoOutcome> GiveUpAsync(RepoStatus status, string kind, string reason, string? collection = null)
    {
        LogGivenUp(Key, Repo.Pds, kind, reason);
        return await WriteAsync(new RecordBatch
        {
            Repo = Repo.GiveUp(status, reason),
            Failure = new RecordFailure(collection, Uri: null, Cid: null, kind, reason),
        }) ? Leave(new RepoOutcome.GivenUp(reason)) : new RepoOutcome.More();
    }

    async Task<RepoOutcome> SettleGoneAsync(RepoStatus status, string reason)
    {
        LogGone(Key, Repo.Pds, status, reason);
        var batch = status is RepoStatus.Deleted
            ? new RecordBatch { Repo = Repo.Remove(reason), RemoveRows = true }
            : new RecordBatch { Repo = Repo.GiveUp(status, reason) };
        return await WriteAsync(batch)
            ? Leave(new RepoOutcome.Gone(status.Stored(), reason))
            : new RepoOutcome.More();
    }
}
