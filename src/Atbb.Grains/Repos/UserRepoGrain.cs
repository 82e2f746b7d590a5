using System.Diagnostics.CodeAnalysis;
using Atbb.AtProto;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;
using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Runs;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace Atbb.Grains.Repos;

/// <summary>
/// Reads one repository into the index. Its memory is the repository's row: read when it is first asked, and written with every page's
/// records in one transaction, so that whatever dies, the row says exactly what is in the index.
/// </summary>
/// <remarks>
/// Placed at random, which spreads a run's repositories evenly over the silos. Orleans's own choice goes by processor and memory, and prefers the
/// caller's silo, where one that reads mostly waits for its host, and shares that host's pace with the others.
/// </remarks>
[RandomPlacement]
sealed partial class UserRepoGrain(
    RepoStore repos,
    ErrorStore errors,
    IDidResolver identities,
    IRepoClient pdses,
    HostHeads heads,
    LeftOut leftOut,
    RepoMetrics metrics,
    IndexBoundary index,
    IIndexerGrain indexer,
    IOptions<ForumOptions> forum,
    IOptions<BackfillOptions> options,
    IOptions<AtProtoOptions> protocol,
    IHostApplicationLifetime silo,
    TimeProvider time,
    Random random,
    ILogger<UserRepoGrain> logger) : Grain, IUserRepoGrain, IRemindable
{
    // A driver of the past learns within its next checkpoint that it is one.
    static readonly TimeSpan PauseOfThePast = TimeSpan.FromSeconds(10);

    // How many are named to those who ask for the repository's state.
    const int ErrorsShown = 20;

    // Until a silo that ends takes no more calls: then the next one finds the repository elsewhere.
    static readonly TimeSpan PauseAtTheEnd = TimeSpan.FromSeconds(1);

    // Nothing but a name depends on it, and everything waits for the forum.
    static readonly TimeSpan PatienceForAHandle = TimeSpan.FromSeconds(10);

    readonly BackfillOptions options = options.Value;
    readonly TimeSpan longestWait = Waits.Longest(options.Value, protocol.Value);

    // Null: the row has to be read. Set to null again whenever it is not known what became of a write.
    RepoState? known;
    Did account;

    // Where a listing without an order has led in this activation: the cursors after its pages that are in the index. With the run, since a pass by hand, which
    // has a number of its own, comes to the same cursors and must not be taken for a listing that goes in a circle. As hashes: a server makes them as long as it likes.
    readonly HashSet<(long RunId, string Collection, TextHash Cursor)> unorderedCursors = [];

    // The collection under way, and how much of it was read. In memory alone: forgotten, the limit begins anew, and it is one for those who have no end.
    (string? Collection, long Records) read;
    RequestMeter? meter;
    Uri? pds;

    // What of the meter has been written with the repository's counts; less than nothing while an earlier slice's is still to be.
    RepoCounts reported;

    // What slices of a run have spent that had nothing to write, as when they were told to come back.
    (long RunId, RepoCounts Spent) owed;

    // Whether the run that asks last reads everything again, be it unchanged or not.
    bool readsAfresh;

    // Why it was sent away when it was last asked; null: it was not. In memory alone, since waiting for a host's turn is written nowhere.
    RepoOutcome.Parked? parked;

    string Key => this.GetPrimaryKeyString();

    RepoState Repo => known ?? throw new InvalidOperationException($"The state of {Key} is used before it is read.");

    // Read anew only when the account has moved: it is asked for several times a page.
    Uri Pds
    {
        get
        {
            var origin = Repo.Pds ?? throw new InvalidOperationException($"The PDS of {Key} is used before it is found.");
            return pds?.OriginalString == origin ? pds : pds = new Uri(origin);
        }
    }

    public Task<RepoSlice> SyncAsync(long runId, RunPhase phase, string forumDid, CancellationToken cancellationToken)
    {
        readsAfresh = false;
        return SliceAsync(runId, async () => SliceOf(await ReadOnAsync(runId, phase, forumDid, repo => repo.Enter(runId, phase), cancellationToken)));
    }

    public Task<RepoSlice> RereadAsync(long runId, RunPhase phase, string forumDid, CancellationToken cancellationToken)
    {
        readsAfresh = true;
        return SliceAsync(runId, async () => SliceOf(await ReadOnAsync(runId, phase, forumDid, repo => repo.EnterAfresh(runId, phase), cancellationToken)));
    }

    async Task<T> SliceAsync<T>(long? runId, Func<Task<T>> readOn)
    {
        using var metering = RequestMeter.Start();
        meter = metering;
        reported = owed.RunId == runId ? default(RepoCounts) - owed.Spent : default;
        // Here and in the traces only: a DID is no label of a metric.
        using var activity = GrainsTelemetry.Activities.StartActivity("atbb.repo.slice");
        activity?.SetTag("atbb.did", Key);
        var began = time.GetTimestamp();
        try
        {
            var slice = await readOn();
            if (slice is RepoSlice { Outcome: var outcome })
            {
                metrics.Read(outcome, time.GetElapsedTime(began));
                activity?.SetTag("atbb.outcome", RepoMetrics.NameOf(outcome));
            }

            parked = slice is RepoSlice { Outcome: RepoOutcome.Parked until } ? until : null;
            return slice;
        }
        catch (IndexUnavailableException e)
        {
            throw new IndexUnreachableException(e.Message);
        }
        catch (Exception e)
        {
            // A page may or may not have been written: only the row tells.
            known = null;
            if (IndexDatabase.FaultOfStatement(e) is not null)
                throw index.Refused(e);
            throw;
        }
        finally
        {
            if (runId is { } id)
                owed = (id, Spent - reported);
        }
    }

    RepoCounts Spent => new() { Requests = meter!.Requests, Bytes = meter.Bytes };

    RepoSlice SliceOf(RepoOutcome outcome)
    {
        var counts = known?.Counts.ToSyncCounts() ?? default;
        // Nothing of it is written: it is counted by saying so whenever it is asked.
        return new(outcome, outcome is RepoOutcome.LeftOut ? counts with { LeftOut = 1 } : counts);
    }

    public async Task<RepoReport> GetStateAsync()
    {
        var repo = known is { } state
            ? laidAside?.Restore(state) ?? state
            : await index.TranslateAsync(() => repos.LoadAsync(Key, CancellationToken.None));
        var contents = await index.TranslateAsync(() => errors.DescribeAsync(Key, ErrorsShown, CancellationToken.None));
        // Whoever asks after many would otherwise keep all of them in memory.
        if (known is null)
            DeactivateOnIdle();
        return new RepoReport
        {
            Did = repo.Did,
            Handle = repo.Handle,
            Pds = repo.Pds,
            Status = repo.Status.Stored(),
            Rev = repo.Rev,
            RunId = repo.RunId,
            IsSettled = repo.IsSettled,
            Counts = repo.Counts.ToSyncCounts(),
            Attempts = repo.Attempts,
            RetryAfter = repo.RetryAfter,
            LastError = repo.LastError,
            SyncedAt = repo.SyncedAt,
            IsKnown = repo.Version > 0,
            Parked = WaitOf(repo),
            Rows = [.. contents.Rows.OrderBy(of => of.Key, StringComparer.Ordinal).Select(of => new RepoRows(of.Key, of.Value))],
            OpenErrors = contents.OpenErrors,
            Errors = [.. contents.Errors.Select(RunRows.ToError)],
            Cursors = [.. repo.Collections.Values.OrderBy(c => c.Collection, StringComparer.Ordinal).Select(c => new RepoCursor(c.Collection, c.Cursor, c.IsComplete, c.Rev))],
        };
    }

    ParkedRepo? WaitOf(RepoState repo) => parked is { } wait && wait.Until > time.GetUtcNow()
        ? new ParkedRepo(Key, wait.Host, wait.Reason, wait.Attempts, wait.Until)
        : repo.RetryAfter is { } until ? new ParkedRepo(Key, HostOf(repo), repo.LastError ?? "waiting for its next attempt", repo.Attempts, until) : null;

    async Task<RepoOutcome> ReadOnAsync(
        long runId, RunPhase phase, string forumDid, Func<RepoState, RepoState> enter, CancellationToken cancellationToken)
    {
        known ??= await repos.LoadAsync(Key, cancellationToken);
        if (Repo.IsSettledIn(runId, phase))
            return await LeaveSettledAsync(new RepoOutcome.Completed());

        if (Repo.IsPast(runId, phase))
            return new RepoOutcome.Parked(time.GetUtcNow() + PauseOfThePast, $"run {Repo.RunId} has come to {Key} in the meantime");

        known = enter(Repo);
        // What is left out does not wait for its host either: to be rid of that may be why it is.
        if (Repo.RetryAfter is { } until && Waits.IsAhead(until, time.GetUtcNow(), longestWait) && !IsLeftOut)
            return Parked(until, Repo.LastError ?? "waiting for its next attempt", host: null);

        return await ReadAsync(RepoPass.CollectionsOf(phase), forumDid, cancellationToken);
    }

    async Task<RepoOutcome> ReadAsync(IReadOnlyList<RecordCollection> collections, string forumDid, CancellationToken cancellationToken)
    {
        if (!Did.TryParse(Key, out account))
            return await GiveUpAsync(RepoStatus.NotFound, FailureKinds.BadDid, $"{Key} is not a DID.");
        if (leftOut.BecauseOf(Key) is { } reason)
            return LeaveOut(reason);

        using var late = new CancellationTokenSource(BackfillOptions.LongestSlice, time);
        // A silo that is to end must not be kept from it by the waits and pages of a slice.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silo.ApplicationStopping, late.Token);
        var before = Repo.Version;
        var outcome = await ReadUntilAsync(collections, forumDid, ends.Token);
        if (outcome is not RepoOutcome.More || cancellationToken.IsCancellationRequested)
            return outcome;
        if (silo.ApplicationStopping.IsCancellationRequested)
            return Parked(time.GetUtcNow() + PauseAtTheEnd, $"the silo that was reading {Key} is ending, and another one goes on", host: null);

        // The next slice would come as far: a host whose every answer takes that long must not be asked without end.
        return late.IsCancellationRequested && known?.Version == before
            ? await ParkAsync($"Of {Key}, {HostAskedNext} has not answered enough for a page in {BackfillOptions.LongestSlice}.", notBefore: null, FailureKinds.Unreachable, HostAskedNext)
            : outcome;
    }

    async Task<RepoOutcome> ReadUntilAsync(IReadOnlyList<RecordCollection> collections, string forumDid, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await ReadPagesAsync(collections, forumDid, cancellationToken);
            // Its PDS has answered, and knows it; and whoever knows its PDS has not given it up.
            (deniedAt, tombstonedAt) = (null, null);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new RepoOutcome.More();
        }
        catch (AtProtoException e)
        {
            return await FailAsync(e, cancellationToken);
        }
    }

    async Task<RepoOutcome> ReadPagesAsync(IReadOnlyList<RecordCollection> collections, string forumDid, CancellationToken cancellationToken)
    {
        // Of did:web, the document's host is the account's own.
        if (account.Method is "web" && leftOut.BecauseOf(Key, identities.HostOf(account)) is { } beforehand)
            return LeaveOut(beforehand);
        if (await FindPdsAsync(forumDid, collections, cancellationToken) is { } restless)
            return restless;
        if (leftOut.BecauseOf(Key, Pds.Authority) is { } reason)
            return LeaveOut(reason);

        if (!Repo.HasBegun(collections))
        {
            // Read before the first page: a record written during the pass then moves the rev past this one, and the next
            // catch-up reads the repository again instead of skipping it.
            var (rev, isSettled) = await ReadRevOnceAsync(cancellationToken);
            if (isSettled)
                return await SettledByListingAsync(cancellationToken);
            // By hand, it is read whatever the rev: what a moderator takes down moves none.
            if (rev is not null && Repo.RunId != ErrorStore.ByHand && Repo.IsUnchangedAt(rev, collections))
                return await WriteAsync(new RecordBatch { Repo = Repo.Settle(time.GetUtcNow()) }) ? Leave(new RepoOutcome.Unchanged()) : new RepoOutcome.More();
            // A pass begins, or begins anew at another PDS: what led where before is of the past.
            unorderedCursors.Clear();
            known = Repo with { Rev = rev };
        }

        var began = time.GetTimestamp();
        using var pages = new PageFeed(pdses, Pds, account);
        while (Repo.NextOf(collections) is { } collection)
        {
            if (cancellationToken.IsCancellationRequested || time.GetElapsedTime(began) > options.SliceDuration)
                return new RepoOutcome.More();
            if (await ReadPageAsync(pages, collection, collections, cancellationToken) is { } interruption)
                return interruption;
        }

        return Leave(new RepoOutcome.Completed());
    }

    /// <summary>Reads the next page of a collection into the index.</summary>
    /// <returns>Why the reading has to be interrupted; null when it can go on.</returns>
    async Task<RepoOutcome?> ReadPageAsync(
        PageFeed pages, RecordCollection collection, IReadOnlyList<RecordCollection> collections, CancellationToken cancellationToken)
    {
        var before = Repo.In(collection);
        var page = await pages.NextAsync(collection.Name, before, cancellationToken);
        if (!HasRoomFor(page.Records.Count, before))
        {
            page.Dispose();
            return await LeaveOffAsync(before, collections);
        }

        var isLast = await pages.IsLastAsync(collection.Name, page, cancellationToken);

        var reading = PageReading.Read(before, page.Records, isLast ? null : page.Cursor);
        if (reading.Problem is { } problem || IsRound(reading, out problem))
        {
            page.Dispose();
            return await ParkAsync(
                $"{collection.Nsid} of {Key} at {Pds.Host} cannot be read to its end: {problem}.", notBefore: null, FailureKinds.CursorLoop, Pds.Authority, collection.Nsid);
        }

        // Asked after the page: what has not changed by now had not when the page was made.
        if (reading.Range is not null && PageReading.MayHaveSkipped(before) && !await IsAsItBeganAsync(cancellationToken))
            reading = reading.WithoutTheGap(page.Records);

        var written = await WriteAsync(new RecordBatch
        {
            Repo = Repo.After(reading.After, collections, time.GetUtcNow()),
            Collection = collection.Nsid,
            // An array: a list does not know beforehand how many there are.
            Records = page.Records.Select(r => new SourceRecord(r.Uri, r.Rkey, r.Cid, r.Json, r.Fault)).ToArray(),
            Range = reading.Range,
            Failure = reading.LosesOrder ? Unordered(collection.Nsid) : null,
        });

        // Not in a finally: when the write threw, the indexer may still be reading the buffer, and it must not go back to the pool.
        page.Dispose();
        if (!written)
            return new RepoOutcome.More();

        // Its PDS has it. Not before the page is written: one that shows the same page again and again, and denies the next, would never come to an end.
        deniedAt = null;

        // Not before: a page that was not written is read again, and would be taken for one that the listing has come round to.
        if (reading.After is { Order: ListingOrder.Unordered, Cursor: { } cursor })
            unorderedCursors.Add((Repo.RunId!.Value, reading.After.Collection, TextHash.Of(cursor)));
        return null;
    }

    /// <summary>Whether a collection may have so many records more in this pass.</summary>
    bool HasRoomFor(int records, CollectionState before)
    {
        if (before.LastRkey is null || read.Collection != before.Collection)
            read = (before.Collection, 0);
        read.Records += records;
        return read.Records <= options.MaxRecordsPerCollection;
    }

    /// <summary>Leaves the rest of a collection unread, with one error that says so, and goes on to the next. Nothing is removed for it.</summary>
    async Task<RepoOutcome?> LeaveOffAsync(CollectionState collection, IReadOnlyList<RecordCollection> collections)
    {
        var reason = $"{collection.Collection} of {Key} at {Pds.Host} has more than {options.MaxRecordsPerCollection} records, the rest is not read. {FailureKinds.NextStep(FailureKinds.TooManyRecords)}";
        LogGivenUp(Key, Repo.Pds, FailureKinds.TooManyRecords, reason);
        return await WriteAsync(new RecordBatch
        {
            Repo = Repo.LeaveOff(collection, collections, time.GetUtcNow()),
            Failure = new RecordFailure(collection.Collection, Uri: null, Cid: null, FailureKinds.TooManyRecords, reason),
        }) ? null : new RepoOutcome.More();
    }

    /// <summary>One error for a collection, at the page that is out of order: what it has is indexed, and nothing is removed for it in this pass.</summary>
    RecordFailure Unordered(string collection)
    {
        var reason = $"{collection} of {Key} at {Pds.Host} is not listed in the order of its record keys, each once. Its records are added and updated; those that it no longer has are not removed. {FailureKinds.NextStep(FailureKinds.Unordered)}";
        LogUnordered(Key, Repo.Pds, reason);
        return new RecordFailure(collection, Uri: null, Cid: null, FailureKinds.Unordered, reason);
    }

    /// <summary>
    /// Whether a listing without an order has come round to where it has been: with an order, every page is further than the one before,
    /// and none needs remembering.
    /// </summary>
    bool IsRound(PageReading reading, [NotNullWhen(true)] out string? problem)
    {
        var (collection, cursor) = (reading.After.Collection, reading.After.Cursor);
        var isRound = reading.After.Order is ListingOrder.Unordered && cursor is not null && unorderedCursors.Contains((Repo.RunId!.Value, collection, TextHash.Of(cursor)));
        problem = isRound ? $"the PDS lists in no order and has come round to the cursor '{cursor}'" : null;
        return isRound;
    }

    /// <summary>Finds where the account lives.</summary>
    /// <returns>What becomes of one that moves without end; null when it is found.</returns>
    async Task<RepoOutcome?> FindPdsAsync(string forumDid, IReadOnlyList<RecordCollection> collections, CancellationToken cancellationToken)
    {
        if (Key == forumDid && forum.Value.Pds is { } configured)
        {
            // Once in a pass: a directory that is down must not be waited for before each slice.
            if (!Repo.HasBegun(collections))
                await ReadHandleAsync(cancellationToken);
            known = Repo.LivesAt(configured);
            return null;
        }

        // A PDS that does not answer twice in a row may be one that the account has left. One that answers may be, too: it is not believed
        // by somebody who asks for the repository afresh.
        var maxAge = Repo.Attempts < 2 && !Repo.IsOldHearsay() && !Repo.HasForgottenIdentity() ? options.IdentityMaxAge : TimeSpan.Zero;
        if (Repo.Pds is not null && Repo.IdentityAt is { } readAt && Waits.IsRecent(readAt, time.GetUtcNow(), maxAge))
            return null;

        var document = await identities.ResolveAsync(account, maxAge, cancellationToken);
        var found = Repo.LivesAt(document);
        if (Repo.Pds is null || found.Pds == Repo.Pds)
            known = found;
        else if (Repo.HasMovedEnough())
            return await GiveUpRestlessAsync();
        else
            Move(document);
        return null;
    }

    /// <summary>Where the forum is read is its operator's word; its handle is its document's, like everybody's. Without one it is read all the same.</summary>
    async Task ReadHandleAsync(CancellationToken cancellationToken)
    {
        if (Repo.IdentityAt is { } readAt && Waits.IsRecent(readAt, time.GetUtcNow(), options.IdentityMaxAge))
            return;

        using var patience = new CancellationTokenSource(PatienceForAHandle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var document = await identities.ResolveAsync(account, options.IdentityMaxAge, either.Token);
            known = Repo with { Handle = document.Handle, IdentityAt = document.ReadAt };
        }
        catch (AtProtoException e)
        {
            LogHandleUnknown(Key, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogHandleUnknown(Key, $"the DID document was not there after {PatienceForAHandle}");
        }
    }

    /// <summary>Commits a batch; afterwards the state is the one in the database.</summary>
    /// <returns>Whether it was written. If not, another writer has moved the row: it has to be read again.</returns>
    async Task<bool> WriteAsync(RecordBatch batch)
    {
        var spent = Spent;
        var result = (await indexer.IndexAsync(Addressed(batch) with { Spent = spent - reported })).Result;
        if (result.IsStale)
        {
            LogStale(Key);
            known = null;
            return false;
        }

        reported = spent;
        known = Written(batch, result);
        foreach (var failure in result.Failures.Where(failure => failure != batch.Failure))
            LogRecordError(Key, HostAskedNext, failure.Collection, failure.Uri, failure.Kind, failure.Message);
        return true;
    }

    bool IsLeftOut => (leftOut.BecauseOf(Key) ?? leftOut.BecauseOf(Key, HostAskedNext)) is not null;

    RepoOutcome LeaveOut(string reason)
    {
        LogLeftOut(reason);
        return Leave(new RepoOutcome.LeftOut(reason));
    }

    /// <summary>The phase is done with it by its row, which may be a listing's doing: what its own slices have spent on it until then is still to be written.</summary>
    async Task<RepoOutcome> LeaveSettledAsync(RepoOutcome outcome) =>
        Spent == reported || await WriteAsync(new RecordBatch { Repo = Repo }) ? Leave(outcome) : new RepoOutcome.More();

    /// <summary>Nothing is left to do here: a forum of any size must not stay in memory with all its repositories.</summary>
    RepoOutcome Leave(RepoOutcome outcome)
    {
        DeactivateOnIdle();
        return outcome;
    }
}
