using Atbb.AtProto;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>What becomes of a repository that could not be read: asked again later, elsewhere, or not at all.</summary>
sealed partial class UserRepoGrain
{
    // Since when the PDS has not known the repository, by the clock that nobody sets. In memory alone: forgotten, it costs one more question, and removes
    // nothing too soon.
    long? deniedAt;

    // The same of the directory, since when it has said that the DID was given up.
    long? tombstonedAt;

    bool HasConfiguredPds => Key == forum.Value.Did && forum.Value.Pds is not null;

    async Task<RepoOutcome> FailAsync(AtProtoException e, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = RepoVerdict.Of(e);
            if (verdict is RepoVerdict.AskStatus)
                verdict = await AskStatusAsync(cancellationToken);
            if (verdict is RepoVerdict.AskIdentity { Otherwise: var otherwise })
                verdict = await AskIdentityAsync(otherwise, cancellationToken);
            var saidSo = "Its DID document names this PDS still; the account is taken for deleted if the PDS says so again.";
            if (verdict is RepoVerdict.Tombstoned)
            {
                saidSo = $"The directory says that {Key} was given up; the account is taken for deleted if it says so again.";
                verdict = JudgeTombstone();
            }

            return verdict switch
            {
                null => new RepoOutcome.More(),
                RepoVerdict.Deferred { Until: var until } => Deferred(until, e),
                RepoVerdict.Transient { NotBefore: var notBefore } => await ParkAsync(e.Message, notBefore, KindOf(e), e.Host),
                RepoVerdict.Unconfirmed { Until: var until } => await WaitAsync(
                    until, $"{e.Message} {saidSo}", e.Host),
                // Anybody can make a name up: of one that is nothing but a name, nothing is missing.
                RepoVerdict.Gone { Status: RepoStatus.NotFound } when Repo.IsHearsay => await SettleGoneAsync(RepoStatus.NotFound, e.Message),
                RepoVerdict.Gone { Status: RepoStatus.NotFound } => await GiveUpAsync(RepoStatus.NotFound, FailureKinds.NotFound, e.Message),
                RepoVerdict.Gone { Status: var status } => await SettleGoneAsync(status, e.Message),
                RepoVerdict.Refused when Repo.IsOldHearsay() => await SettleHearsayAsync(e.Message),
                RepoVerdict.Restless => await GiveUpRestlessAsync(),
                RepoVerdict.Refused { Kind: var kind } => await GiveUpAsync(Repo.Status, kind, e.Message),
                _ => throw new InvalidOperationException($"There is nothing to do for the verdict {verdict}."),
            };
        }
        catch (AtProtoException next)
        {
            // Asked why, the other side did not answer either.
            return RepoVerdict.Of(next) switch
            {
                RepoVerdict.Deferred { Until: var until } => Deferred(until, next),
                RepoVerdict.Refused { Kind: var kind } when next.IsFinal => await GiveUpAsync(Repo.Status, kind, next.Message),
                _ => await ParkAsync(next.Message, next.RetryAt, KindOf(next), next.Host),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new RepoOutcome.More();
        }
    }

    static string KindOf(AtProtoException e) => e.Failure is AtProtoFailure.Redirected ? FailureKinds.Redirected : FailureKinds.Unreachable;

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
        DidDocument document;
        try
        {
            document = await identities.ResolveAsync(account, TimeSpan.Zero, cancellationToken);
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            return RepoVerdict.Of(e);
        }

        var here = Repo.LivesAt(document);
        if (here.Pds == Repo.Pds)
        {
            known = here;
            return otherwise is RepoStatus.NotFound ? await AskAgainAsync(cancellationToken) : new RepoVerdict.Gone(otherwise);
        }

        // A PDS that is configured and not the account's has no say in what is deleted.
        if (HasConfiguredPds)
            return new RepoVerdict.Gone(otherwise is RepoStatus.Deleted ? RepoStatus.NotFound : otherwise);
        if (Repo.HasMovedEnough())
            return new RepoVerdict.Restless();

        Move(document);
        return null;
    }

    void Move(DidDocument document)
    {
        var moved = Repo.MoveTo(document);
        LogMoved(Key, Repo.Pds, moved.Pds);
        (deniedAt, tombstonedAt) = (null, null);
        known = moved;
    }

    Task<RepoOutcome> GiveUpRestlessAsync() => GiveUpAsync(
        Repo.Status, FailureKinds.KeepsMoving, $"The DID document of {Key} names another PDS again, after {Repo.Moves} moves while it was being read.");

    /// <summary>The DID document, fresh, names this very PDS, and this PDS did not know the repository: whether it holds to that.</summary>
    async Task<RepoVerdict> AskAgainAsync(CancellationToken cancellationToken)
    {
        RepoVerdict verdict;
        try
        {
            verdict = RepoVerdict.Of(await pdses.GetRepoStatusAsync(Pds, account, cancellationToken));
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            verdict = RepoVerdict.Of(e);
        }

        switch (verdict)
        {
            case RepoVerdict.AskIdentity { Otherwise: RepoStatus.NotFound }:
                verdict = Absence.Judge(Repo, SinceFirst(ref deniedAt), time.GetUtcNow(), options.DeletionConfirmDelay);
                // Collected in the wait, it would take each denial for the first, and the run would have no end.
                DelayDeactivation(options.DeletionConfirmDelay + TimeSpan.FromMinutes(1));
                return verdict;
            case RepoVerdict.AskIdentity { Otherwise: var state }:
                return new RepoVerdict.Gone(state);
            case RepoVerdict.AskStatus:
                // It does not have the method: half a word is not enough to remove anything.
                return new RepoVerdict.Gone(RepoStatus.NotFound);
            default:
                return verdict;
        }
    }

    RepoVerdict JudgeTombstone()
    {
        var verdict = Absence.JudgeTombstone(Repo, SinceFirst(ref tombstonedAt), time.GetUtcNow(), options.DeletionConfirmDelay);
        // As with a PDS's denial: collected in the wait, each answer would be the first.
        DelayDeactivation(options.DeletionConfirmDelay + TimeSpan.FromMinutes(1));
        return verdict;
    }

    /// <summary>How long ago something was said for the first time; null: it is said for the first time.</summary>
    // Noted before the time is told at which it is asked about again: at that time it has been so for long enough.
    TimeSpan? SinceFirst(ref long? first)
    {
        var now = time.GetTimestamp();
        TimeSpan? since = first is { } before ? time.GetElapsedTime(before, now) : null;
        first ??= now;
        return since;
    }

    async Task<RepoOutcome> ParkAsync(string reason, DateTimeOffset? notBefore, string kind, string? host, string? collection = null)
    {
        if (Repo.IsOldHearsay())
            return await SettleHearsayAsync(reason);
        if (Repo.Attempts + 1 >= options.MaxAttempts)
            return await GiveUpAsync(Repo.Status, kind, $"{reason} Given up after {options.MaxAttempts} attempts.", collection);

        var delay = Backoff.Delay(Repo.Attempts + 1, options.RetryBaseDelay, options.RetryMaxDelay, random.NextDouble());
        var until = time.GetUtcNow() + delay;
        if (notBefore > until)
            until = notBefore.Value;

        return await WaitAsync(until, reason, host);
    }

    async Task<RepoOutcome> WaitAsync(DateTimeOffset until, string reason, string? host)
    {
        var whatNext = laidAside is null ? $"it is asked again at {until:O} and everything else goes on" : "by hand: ask again once it answers";
        LogParked(Key, host ?? HostAskedNext, Repo.Attempts + 1, whatNext, reason);
        return await WriteAsync(new RecordBatch { Repo = Repo.Park(until, reason) })
            ? Parked(until, reason, host)
            : new RepoOutcome.More();
    }

    RepoOutcome.Parked Parked(DateTimeOffset until, string reason, string? host) => new(until, reason, Repo.Attempts, host ?? HostAskedNext);

    RepoOutcome.Parked Deferred(DateTimeOffset until, AtProtoException turn)
    {
        // Collected in the wait, it would forget the rev, and ask for nothing else whenever its turn comes.
        DelayDeactivation(until - time.GetUtcNow() + TimeSpan.FromMinutes(1));
        return Parked(until, turn.Message, turn.Host) with { IsTurn = true };
    }

    /// <summary>Whom the next question goes to: while it is not known where the account lives, to whoever has its DID document.</summary>
    string? HostAskedNext => HostOf(Repo);

    string? HostOf(RepoState repo) => repo.Pds is { } pds ? new Uri(pds).Authority : Did.TryParse(Key, out var did) ? identities.HostOf(did) : null;

    async Task<RepoOutcome> GiveUpAsync(RepoStatus status, string kind, string reason, string? collection = null)
    {
        reason = $"{reason} {FailureKinds.NextStep(kind)}";
        LogGivenUp(Key, HostAskedNext, kind, reason);
        return await WriteAsync(new RecordBatch
        {
            Repo = Repo.GiveUp(status, reason),
            Failure = new RecordFailure(collection, Uri: null, Cid: null, kind, reason),
        }) ? Leave(new RepoOutcome.GivenUp(reason)) : new RepoOutcome.More();
    }

    // The run that first failed with it has the error.
    Task<RepoOutcome> SettleHearsayAsync(string reason) => SettleGoneAsync(Repo.Status, reason);

    async Task<RepoOutcome> SettleGoneAsync(RepoStatus status, string reason)
    {
        LogGone(Key, HostAskedNext, status, reason);
        var batch = status is RepoStatus.Deleted
            ? new RecordBatch { Repo = Repo.Remove(reason), RemoveRows = true }
            : new RecordBatch { Repo = Repo.SwitchOff(status, reason) };
        return await WriteAsync(batch)
            ? Leave(new RepoOutcome.Gone(status.Stored(), reason))
            : new RepoOutcome.More();
    }
}
