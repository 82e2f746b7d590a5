using System.Collections.Immutable;
using Atbb.AtProto.Identity;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;

namespace Atbb.Grains.Repos;

/// <summary>What happens to a repository's state in the course of a run: pure, and in the order in which it happens.</summary>
static class RepoPass
{
    // Whose pass a collection's state is when it is nobody's: runs count from 1, and 0 is by hand.
    const long NoRun = -1;

    // An account moves once in a year. What moves in every run is read in every run, some pages at a time.
    const int MostMoves = 3;

    /// <summary>The collections of a phase, in the order in which they are read.</summary>
    public static IReadOnlyList<RecordCollection> CollectionsOf(RunPhase phase) => phase switch
    {
        RunPhase.Forum => CollectionCatalog.ForumCollections,
        RunPhase.Users => CollectionCatalog.UserCollections,
        _ => throw new InvalidOperationException($"There is no phase {phase}."),
    };

    /// <summary>What is read by hand: all that the account may have.</summary>
    public static IReadOnlyList<RecordCollection> CollectionsByHand(bool isForum) =>
        isForum ? [.. CollectionCatalog.ForumCollections, .. CollectionCatalog.UserCollections] : CollectionCatalog.UserCollections;

    /// <summary>Whether a phase of a run is done with the repository.</summary>
    public static bool IsSettledIn(this RepoState repo, long runId, RunPhase phase) =>
        repo.IsSettled && repo.RunId == runId && repo.Phase == (int)phase;

    /// <summary>
    /// Whether the repository has moved on to a later phase or run than that. A driver that was cut off and does not know it yet must not
    /// take it back: what it would count, the later one has counted.
    /// </summary>
    public static bool IsPast(this RepoState repo, long runId, RunPhase phase) =>
        repo.RunId > runId || (repo.RunId == runId && repo.Phase > (int)phase);

    /// <summary>A phase of a run comes to the repository: what it came to in another is of the past. The same phase again changes nothing.</summary>
    public static RepoState Enter(this RepoState repo, long runId, RunPhase phase) =>
        repo.RunId == runId && repo.Phase == (int)phase
            ? repo
            : repo with { RunId = runId, Phase = (int)phase, IsSettled = false, Counts = default, Attempts = 0, Moves = 0, RetryAfter = null };

    /// <summary>As <see cref="Enter"/>, but the pass that begins here reads the DID document, and every page whatever the rev.</summary>
    public static RepoState EnterAfresh(this RepoState repo, long runId, RunPhase phase)
    {
        var entered = repo.Enter(runId, phase);
        // Asked for again by somebody: what it failed with before is no reason to make less of it.
        return ReferenceEquals(entered, repo) ? repo : entered.ForgetRevs().ForgetIdentity() with { LastError = null };
    }

    /// <summary>
    /// Whether a repository that is known by hearsay alone has failed in an earlier run, which has said so, and not yet in this one. Anybody can
    /// name an account on a host that is not there: such a name is looked up once in each run, and no more is made of it. One of which a PDS has said that it is
    /// switched off or deleted does exist, and no run has failed with it for that.
    /// </summary>
    public static bool IsOldHearsay(this RepoState repo) =>
        repo is { IsHearsay: true, Attempts: 0, LastError: not null, Status: RepoStatus.Pending or RepoStatus.NotFound } && repo.RunId != ErrorStore.ByHand;

    /// <summary>
    /// A pass by hand begins: whatever an earlier one left half read, and without waiting for the next attempt. Up to which rev the collections have
    /// been read stays: should this pass come to nothing, the next run still skips what has not changed.
    /// </summary>
    public static RepoState EnterByHand(this RepoState repo) => repo.GoOnByHand(default).ForgetIdentity() with
    {
        Attempts = 0,
        Moves = 0,
        Collections = repo.Collections.ToImmutableDictionary(
            c => c.Key,
            c => c.Value.RunId == ErrorStore.ByHand
                ? new CollectionState { Collection = c.Key, RunId = NoRun, Rev = c.Value.Rev }
                : c.Value),
    };

    /// <summary>A pass by hand goes on, after a slice or after a failure: where it stood, and with the attempts that it has had.</summary>
    public static RepoState GoOnByHand(this RepoState repo, RepoCounts counts) =>
        repo with { RunId = ErrorStore.ByHand, Phase = 0, IsSettled = false, Counts = counts, RetryAfter = null };

    /// <summary>
    /// The DID document is read again before anything else, past every memory of it. Stored with the rest, so that it holds for later attempts
    /// too, until the document has been had.
    /// </summary>
    public static RepoState ForgetIdentity(this RepoState repo) => repo with { IdentityAt = null };

    /// <summary>Whether where the account lives was once known, and is to be asked again.</summary>
    public static bool HasForgottenIdentity(this RepoState repo) => repo is { Pds: not null, IdentityAt: null };

    /// <summary>The account lives there. One that has moved starts its cursors afresh: they are the old PDS's words.</summary>
    public static RepoState LivesAt(this RepoState repo, DidDocument document) =>
        repo.LivesAt(document.Pds) with { Handle = document.Handle, IdentityAt = document.ReadAt };

    /// <inheritdoc cref="LivesAt(RepoState, DidDocument)"/>
    public static RepoState LivesAt(this RepoState repo, Uri pds)
    {
        var origin = pds.GetLeftPart(UriPartial.Authority);
        return origin == repo.Pds
            ? repo
            : repo with { Pds = origin, Rev = null, Collections = repo.Collections.Clear() };
    }

    /// <summary>
    /// The account has moved in the middle of a run. Counted apart from failures, which a page that is read makes forgotten: a document that names
    /// one PDS after another, each good for a page, would be followed without end, and the run with it.
    /// </summary>
    public static RepoState MoveTo(this RepoState repo, DidDocument document) => repo.LivesAt(document) with { Moves = repo.Moves + 1 };

    /// <summary>Whether it has moved as often as a run follows.</summary>
    public static bool HasMovedEnough(this RepoState repo) => repo.Moves >= MostMoves;

    /// <summary>How far the pass of this run has read a collection.</summary>
    public static CollectionState In(this RepoState repo, RecordCollection collection)
    {
        var known = repo.Collections.GetValueOrDefault(collection.Nsid);
        return known is not null && known.RunId == repo.RunId
            ? known
            : new CollectionState { Collection = collection.Nsid, RunId = repo.RunId!.Value, Rev = known?.Rev };
    }

    /// <summary>Whether the pass of this run has begun: the rev must not be read again then, or what changed since would be taken for read.</summary>
    public static bool HasBegun(this RepoState repo, IReadOnlyList<RecordCollection> collections) =>
        collections.Any(c => repo.Collections.TryGetValue(c.Nsid, out var state) && state.RunId == repo.RunId);

    /// <summary>Whether every collection has been read up to that rev.</summary>
    public static bool IsUnchangedAt(this RepoState repo, string rev, IReadOnlyList<RecordCollection> collections) =>
        collections.All(c => repo.Collections.TryGetValue(c.Nsid, out var state) && state.Rev == rev);

    /// <summary>The next collection to read; null when all are read.</summary>
    public static RecordCollection? NextOf(this RepoState repo, IReadOnlyList<RecordCollection> collections) =>
        collections.FirstOrDefault(c => !repo.In(c).IsComplete);

    /// <summary>A page of a collection is read; with the last page of the last collection, the repository is settled.</summary>
    public static RepoState After(
        this RepoState repo, CollectionState collection, IReadOnlyList<RecordCollection> collections, DateTimeOffset now)
    {
        // What has gone from a listing without an order is still in the index, so it is not read up to any rev: the next run reads it again, at
        // what a changed repository costs, and removes it once the PDS is mended, which moves no rev.
        var read = collection.IsComplete ? collection with { Rev = collection.Order is ListingOrder.Unordered ? null : repo.Rev } : collection;
        var after = repo with
        {
            Status = RepoStatus.Active,
            Attempts = 0,
            RetryAfter = null,
            LastError = null,
            Collections = repo.Collections.SetItem(collection.Collection, read),
        };
        return after.NextOf(collections) is null ? after.Settle(now) : after;
    }

    /// <summary>
    /// The rest of a collection is not read, and the pass goes on to the next. No rev says that it was read: the next pass reads it again.
    /// </summary>
    public static RepoState LeaveOff(
        this RepoState repo, CollectionState collection, IReadOnlyList<RecordCollection> collections, DateTimeOffset now)
    {
        var after = repo.After(collection with { Cursor = null, IsComplete = true }, collections, now);
        return after with
        {
            Collections = after.Collections.SetItem(collection.Collection, after.Collections[collection.Collection] with { Rev = null }),
        };
    }

    /// <summary>The run is done with the repository, and the index holds what it holds.</summary>
    public static RepoState Settle(this RepoState repo, DateTimeOffset now) => repo with
    {
        Status = RepoStatus.Active,
        IsSettled = true,
        SyncedAt = now,
        Attempts = 0,
        RetryAfter = null,
        LastError = null,
    };

    /// <summary>It could not be read for now.</summary>
    public static RepoState Park(this RepoState repo, DateTimeOffset until, string reason) =>
        repo with { Attempts = repo.Attempts + 1, RetryAfter = until, LastError = reason };

    /// <summary>The run is done with the repository without having read it to its end.</summary>
    public static RepoState GiveUp(this RepoState repo, RepoStatus status, string reason) =>
        repo with { Status = status, IsSettled = true, RetryAfter = null, LastError = reason };

    /// <summary>
    /// The account is switched off, and its rows stay. Should it come back, it is read in full: a moderator who looked at the account may have
    /// taken single records down too, and no rev tells.
    /// </summary>
    public static RepoState SwitchOff(this RepoState repo, RepoStatus status, string reason) => repo.ForgetRevs().GiveUp(status, reason) with { Attempts = 0 };

    /// <summary>The account is gone for good, and its rows with it: should it come back, it is read as if it had never been.</summary>
    public static RepoState Remove(this RepoState repo, string reason) =>
        repo.GiveUp(RepoStatus.Deleted, reason) with { Attempts = 0, Rev = null, SyncedAt = null, Collections = repo.Collections.Clear() };

    /// <summary>The next pass reads every page, whatever the rev. Where the pass under way stands is not touched.</summary>
    public static RepoState ForgetRevs(this RepoState repo) => repo with
    {
        Collections = repo.Collections.ToImmutableDictionary(c => c.Key, c => c.Value with { Rev = null }),
    };

    /// <summary>The counts as callers of the grain know them.</summary>
    public static SyncCounts ToSyncCounts(this RepoCounts counts) => new(
        counts.Indexed, counts.Updated, counts.Unchanged, counts.Deleted, counts.Failed, counts.Requests, counts.Bytes);
}
