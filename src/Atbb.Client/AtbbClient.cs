using System.Runtime.CompilerServices;
using Atbb.Client.Connecting;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Atbb.Client;

/// <summary>
/// The backfill of one forum, from another process. Made once, by <see cref="AtbbClientRegistration.AddAtbbClient"/> or by hand, and used by everybody
/// at once.
/// </summary>
/// <remarks>
/// A call that meets a service that is starting, restarting or moving is made again, for as long as <see cref="AtbbClientOptions.Patience"/> says; then it
/// throws <see cref="BackfillUnreachableException"/>. Asking twice does no harm: starts go under a key, and are answered the second time as
/// the first. Only a cancel may look odd, which answers null when what it has ended is told once more. What is under way when the client is disposed of ends
/// with <see cref="OperationCanceledException"/>; what is asked for afterwards, with <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class AtbbClient : IAsyncDisposable
{
    const int PageSize = 100;

    // What Orleans gives a slice of reading before it takes it for lost.
    static readonly TimeSpan SliceLimit = TimeSpan.FromMinutes(5);

    readonly string forumDid;
    readonly ClusterConnection connection;
    readonly CallPatience patience;
    readonly CallPatience slicePatience;
    readonly TimeProvider time;

    /// <summary>Made by hand. Connects with the first call.</summary>
    /// <param name="options">Which forum, and where.</param>
    /// <param name="loggers">Where it tells of connections; null: nowhere.</param>
    /// <exception cref="OptionsValidationException">The options are at fault; the message names every fault.</exception>
    public AtbbClient(AtbbClientOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = AtbbClientOptionsCheck.FindFaults(options).ToList();
        if (faults.Count > 0)
            throw new OptionsValidationException(nameof(AtbbClientOptions), typeof(AtbbClientOptions), faults);

        forumDid = options.ForumDid;
        time = TimeProvider.System;
        connection = new ClusterConnection(options, loggers ?? NullLoggerFactory.Instance);
        patience = new CallPatience(options.Patience, () => connection.Place, () => connection.Obstacle, time);
        slicePatience = new CallPatience(options.Patience + SliceLimit, () => connection.Place, () => connection.Obstacle, time);
    }

    /// <summary>Made by hand, for a service found in a database.</summary>
    /// <inheritdoc cref="AtbbClient(AtbbClientOptions, ILoggerFactory)"/>
    /// <param name="forumDid">The forum.</param>
    /// <param name="database">What <see cref="AtbbClientOptions.Database"/> takes; null: the one process on this machine.</param>
    public AtbbClient(string forumDid, string? database = null)
        : this(new AtbbClientOptions { ForumDid = forumDid, Database = database })
    {
    }

    /// <summary>Says whether a backfill is needed, and why. Changes nothing.</summary>
    public Task<BackfillDecision> DecideAsync(CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.DecideAsync(), cancellationToken);

    /// <summary>Starts a run and answers with its id at once; or with the id of the unfinished one that stands in the way.</summary>
    /// <param name="force">Which run, whatever the cursor says; null: the one that is needed, if any.</param>
    /// <param name="dids">Repositories to know of from now on; a full sync reads them.</param>
    /// <param name="requestKey">A key of the caller's own, under which asking again, also from another process, answers as the first time. Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the asking, not the run.</param>
    public Task<StartResult> StartAsync(
        RunType? force = null, IEnumerable<string>? dids = null, string? requestKey = null, CancellationToken cancellationToken = default)
    {
        // Asked again when the connection broke, by which time the run that it began may have ended: without a key a second one would begin.
        var request = new StartRequest { Force = force, Dids = [.. dids ?? []], RequestKey = requestKey ?? NewKey() };
        return OnBackfill(backfill => backfill.StartAsync(request), cancellationToken);
    }

    /// <summary>Starts a run that reads again, in full, every repository of which another run has errors.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public Task<StartResult> RetryAsync(long runId, string? requestKey = null, CancellationToken cancellationToken = default)
    {
        var key = requestKey ?? NewKey();
        return OnBackfill(backfill => backfill.RetryAsync(runId, key), cancellationToken);
    }

    static string NewKey() => Guid.NewGuid().ToString("N");

    /// <summary>Stops a run within a page of each repository, until it is resumed.</summary>
    /// <returns>The run as it then stands; null when there is no such unfinished run.</returns>
    public Task<RunProgress?> PauseAsync(long runId, CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.PauseAsync(runId), cancellationToken);

    /// <summary>Goes on with a paused run.</summary>
    /// <inheritdoc cref="PauseAsync"/>
    public Task<RunProgress?> ResumeAsync(long runId, CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.ResumeAsync(runId), cancellationToken);

    /// <summary>Ends a run within a page of each repository. What it has indexed stays.</summary>
    /// <inheritdoc cref="PauseAsync"/>
    public Task<RunProgress?> CancelAsync(long runId, CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.CancelAsync(runId), cancellationToken);

    /// <summary>The current run or, when none is under way, the last one; null when there has been none.</summary>
    public Task<RunProgress?> GetProgressAsync(CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.GetProgressAsync(), cancellationToken);

    /// <summary>
    /// The current run's progress, once a second and at every change of state, until it has ended or is paused; nothing when there has been no run.
    /// Restarts of the service in between are waited out.
    /// </summary>
    /// <exception cref="BackfillUnreachableException">There was no sign of life for as long as <see cref="AtbbClientOptions.Patience"/> says.</exception>
    public async IAsyncEnumerable<RunProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var open = WhileOpen(cancellationToken);
        // The reader has a token of its own for the stream: one that ended with each state would end the stream with it.
        await using var reader = new ProgressReader(async token => (await BackfillAsync(token)).WatchAsync(CancellationToken.None), time);
        while (await patience.CallAsync(reader.NextAsync, open.Token) is { } run)
        {
            yield return run;
            if (run.Status is not RunStatus.InProgress)
                yield break;
        }
    }

    /// <summary>One run; null when there is none with that id.</summary>
    public Task<RunProgress?> GetRunAsync(long runId, CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.GetRunAsync(runId), cancellationToken);

    /// <summary>All runs, the newest first; asked for in pages, as far as they are read.</summary>
    public async IAsyncEnumerable<RunProgress> ListRunsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? before = null;
        while (true)
        {
            var page = await OnBackfill(backfill => backfill.ListRunsAsync(PageSize, before), cancellationToken);
            foreach (var run in page)
                yield return run;
            if (page.Count < PageSize)
                yield break;
            before = page[^1].RunId;
        }
    }

    /// <summary>What a run could not index, and why, in the order it was met; asked for in pages, as far as they are read.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="did">Of this repository only.</param>
    /// <param name="kind">Of this kind only.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<RunError> ListErrorsAsync(
        long runId, string? did = null, string? kind = null, CancellationToken cancellationToken = default)
    {
        var query = new RunErrorQuery(runId, did, kind, Limit: PageSize);
        return ReadErrorsAsync((backfill, after) => backfill.ListErrorsAsync(query with { After = after }), query.After, cancellationToken);
    }

    /// <summary>
    /// What is missing in the index, whichever run met it, and why: what failed in several is there once, with the error that it was last. Asked for in pages,
    /// as far as they are read.
    /// </summary>
    /// <param name="did">Of this repository only.</param>
    /// <param name="kind">Of this kind only.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<RunError> ListOpenErrorsAsync(
        string? did = null, string? kind = null, CancellationToken cancellationToken = default)
    {
        var query = new OpenErrorQuery(did, kind, Limit: PageSize);
        return ReadErrorsAsync((backfill, after) => backfill.ListOpenErrorsAsync(query with { After = after }), query.After, cancellationToken);
    }

    async IAsyncEnumerable<RunError> ReadErrorsAsync(
        Func<IBackfillGrain, long, Task<IReadOnlyList<RunError>>> ask, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await OnBackfill(backfill => ask(backfill, after), cancellationToken);
            foreach (var error in page)
                yield return error;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }

    /// <summary>Whether the index is whole, and if not, why.</summary>
    public Task<IndexReport> JudgeIndexAsync(CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.JudgeIndexAsync(), cancellationToken);

    /// <summary>
    /// Reads one repository now, in full, to its end, also while a run goes on: when its author has just signed in, say. However large it is, the
    /// service reads it in slices, and this asks for one after the other.
    /// </summary>
    /// <returns>How it ended; <see cref="RepoOutcome.Parked"/> when it is not to be had for now.</returns>
    /// <exception cref="ArgumentException">That is not a DID.</exception>
    public async Task<RepoSlice> SyncAsync(string did, CancellationToken cancellationToken = default)
    {
        RequireDid(did);
        using var open = WhileOpen(cancellationToken);
        while (true)
        {
            var slice = await slicePatience.CallAsync(async token => await (await RepoAsync(did, token)).SyncNowAsync(forumDid, token), open.Token);
            if (slice.Outcome is not RepoOutcome.More)
                return slice;
        }
    }

    /// <summary>What is known of one repository. Answers also while it is being read.</summary>
    /// <exception cref="ArgumentException">That is not a DID.</exception>
    public async Task<RepoReport> GetRepoAsync(string did, CancellationToken cancellationToken = default)
    {
        RequireDid(did);
        using var open = WhileOpen(cancellationToken);
        return await patience.CallAsync(async token => await (await RepoAsync(did, token)).GetStateAsync(), open.Token);
    }

    /// <summary>The DIDs of the repositories that claim a handle, which is not verified: none, one or several.</summary>
    public Task<IReadOnlyList<string>> FindByHandleAsync(string handle, CancellationToken cancellationToken = default) =>
        OnBackfill(backfill => backfill.FindByHandleAsync(handle), cancellationToken);

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    static void RequireDid(string did)
    {
        ArgumentNullException.ThrowIfNull(did);
        if (!AtbbClientOptionsCheck.IsDid(did))
            throw new ArgumentException($"'{did}' is not a DID, which looks like did:plc:abc… or did:web:example.com.", nameof(did));
    }

    async Task<T> OnBackfill<T>(Func<IBackfillGrain, Task<T>> call, CancellationToken cancellationToken)
    {
        using var open = WhileOpen(cancellationToken);
        return await patience.CallAsync(async token => await call(await BackfillAsync(token)), open.Token);
    }

    /// <summary>Lasts as long as the caller wants, and the client.</summary>
    CancellationTokenSource WhileOpen(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(connection.Ended.IsCancellationRequested, this);
        return CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Ended);
    }

    async Task<IBackfillGrain> BackfillAsync(CancellationToken cancellationToken) =>
        (await connection.GrainsAsync(cancellationToken)).GetGrain<IBackfillGrain>(forumDid);

    async Task<IUserRepoGrain> RepoAsync(string did, CancellationToken cancellationToken) =>
        (await connection.GrainsAsync(cancellationToken)).GetGrain<IUserRepoGrain>(did);
}
