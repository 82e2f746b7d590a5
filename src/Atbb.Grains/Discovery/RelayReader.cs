using Atbb.AtProto;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;
using Atbb.Grains.Repos;
using Atbb.Grains.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Discovery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Atbb.Grains.Discovery;

/// <summary>
/// Reads what relays list into the index, a page at a time, each with its cursor in one transaction: a kill repeats one page of each listing. A
/// relay that fails is reported and left out; nothing else is touched by it.
/// </summary>
sealed partial class RelayReader(
    IRelayClient relays,
    DiscoveryStore store,
    DatabasePatience patience,
    IOptions<DiscoveryOptions> options,
    IOptions<BackfillOptions> backfill,
    TimeProvider time,
    Random random,
    ILogger<RelayReader> logger)
{
    readonly DiscoveryOptions options = options.Value;

    /// <summary>Reads every listing of every relay to its end, or as far as it can be read.</summary>
    /// <param name="runId">The run; what it has read before is not read again.</param>
    /// <param name="round">In which of its rounds the repositories are read that nobody knew.</param>
    /// <param name="trouble">Told what goes wrong.</param>
    /// <param name="deadline">Ends when the run will not wait any longer; the listings that are under way are then given up.</param>
    /// <param name="cancellationToken">Ends when the run is stopped; the listings go on when it does.</param>
    public async Task ReadAsync(long runId, int round, RunTrouble trouble, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var listings =
            from relay in options.Relays.Select(text => new Uri(text)).Distinct()
            from collection in options.Collections.Distinct(StringComparer.Ordinal)
            select ReadListingAsync(relay, Nsid.Parse(collection), runId, round, trouble, deadline, cancellationToken);
        await Task.WhenAll(listings);
    }

    async Task ReadListingAsync(
        Uri relay, Nsid collection, long runId, int round, RunTrouble trouble, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var listing = await patience.WaitForAsync(
            token => store.LoadAsync(runId, relay.GetLeftPart(UriPartial.Authority), collection.Value, token), cancellationToken);
        HashSet<string> cursors = listing.Cursor is { } begun ? [begun] : [];
        var retry = Retry(listing, trouble);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, cancellationToken);
        while (!listing.IsEnded)
        {
            using var meter = RequestMeter.Start();
            string? problem;
            var kind = FailureKinds.CursorLoop;
            try
            {
                var page = await retry.ExecuteAsync(
                    async token => await InTurnAsync(() => relays.ListReposByCollectionAsync(relay, collection, listing.Cursor, options.PageSize, token), token), either.Token);
                (var after, problem) = ListingReading.Read(listing, page, cursors);
                // Not by the deadline: what has come is worth keeping.
                listing = await patience.WaitForAsync(token => store.SaveAsync(Charge(after, meter), page.Dids, round, token), cancellationToken);
                if (problem is null && !listing.IsEnded && listing.DidsFound >= options.MaxFound)
                    (kind, problem) = (FailureKinds.TooManyFound, $"it has named {listing.DidsFound} that nobody knew, and Atbb:Discovery:MaxFound allows a run no more of them");
            }
            catch (AtProtoException e)
            {
                (kind, problem) = (e.IsTransient ? FailureKinds.RelayUnreachable : FailureKinds.RelayRefused, e.Message.TrimEnd('.'));
                listing = Charge(listing, meter);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                (kind, problem) = (FailureKinds.RelayUnreachable, $"it was not done {options.MaxDelay} after everything known had been read");
                listing = Charge(listing, meter);
            }

            if (problem is not null)
                listing = await GiveUpAsync(listing, kind, problem, trouble, cancellationToken);
        }

        LogEnded(runId, listing.Relay, listing.Collection, listing.Status, listing.DidsListed, listing.DidsFound, listing.DidsSkipped);
    }

    /// <summary>Asks when the turn at the relay has come: one that has not is no failure of the relay, of which nothing was asked.</summary>
    async Task<RepoListPage> InTurnAsync(Func<Task<RepoListPage>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            DateTimeOffset turn;
            try
            {
                return await ask();
            }
            catch (AtProtoException e) when (e is { Failure: AtProtoFailure.RateLimited, Status: null, IsFinal: false, RetryAt: not null })
            {
                turn = e.RetryAt.Value;
            }

            if (turn - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken);
        }
    }

    async Task<RelayListing> GiveUpAsync(RelayListing listing, string kind, string problem, RunTrouble trouble, CancellationToken cancellationToken)
    {
        var message = $"The list of {listing.Collection} of the relay {listing.Relay} was left out after {listing.DidsListed} repositories: {problem}. {FailureKinds.NextStep(kind)}";
        // Before anything is told: a run that is halted before goes on with the listing, and has nothing to tell of.
        var ended = await patience.WaitForAsync(token => store.GiveUpAsync(listing, kind, message, token), cancellationToken);
        trouble.NoteLasting(message);
        LogGivenUp(listing.Relay, listing.Collection, kind, message);
        return ended;
    }

    /// <summary>Asks again after a failure that may pass, as often and as patiently as a PDS is asked.</summary>
    ResiliencePipeline Retry(RelayListing listing, RunTrouble trouble) => backfill.Value.MaxAttempts == 1
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<AtProtoException>(e => e.IsTransient),
                MaxRetryAttempts = backfill.Value.MaxAttempts - 1,
                DelayGenerator = retry => ValueTask.FromResult<TimeSpan?>(DelayAfter((AtProtoException)retry.Outcome.Exception!, retry.AttemptNumber + 1)),
                OnRetry = retry =>
                {
                    trouble.Note(retry.Outcome.Exception!.Message);
                    LogRetried(listing.Relay, listing.Collection, retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception.Message);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    TimeSpan DelayAfter(AtProtoException failure, int attempts)
    {
        var delay = Backoff.Delay(attempts, backfill.Value.RetryBaseDelay, backfill.Value.RetryMaxDelay, random.NextDouble());
        var asked = failure.RetryAt - time.GetUtcNow();
        return asked > delay ? asked.Value : delay;
    }

    static RelayListing Charge(RelayListing listing, RequestMeter meter) =>
        listing with { Requests = listing.Requests + meter.Requests, Bytes = listing.Bytes + meter.Bytes };
}
