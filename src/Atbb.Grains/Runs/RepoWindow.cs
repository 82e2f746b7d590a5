using System.Threading.Channels;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Repos;

namespace Atbb.Grains.Runs;

/// <summary>
/// The repositories of a phase on their way: up to so many at once, each replaced by the next as soon as it is settled or parked, so
/// that a slow one delays nothing but itself. One that takes long goes on in turns when others wait.
/// </summary>
/// <remarks>Belongs to one grain and runs on its scheduler: one thing at a time, no locks.</remarks>
sealed class RepoWindow(
    RunLedger ledger,
    int width,
    TimeSpan longestWait,
    IRepoSource source,
    TimeProvider time,
    RunTrouble trouble,
    Func<string, CancellationToken, Task<RepoSlice>> sync,
    TimeSpan firstLook = default,
    Func<RepoWindow, CancellationToken, Task<IRepoSource?>>? nextRound = null)
{
    // How many are named to those who watch.
    const int Shown = 20;

    // Repositories that wait take no place, and a host that is down or slow may have any number of them. Each costs some memory, and a silo
    // lost asks for each of them again: past this many, the next ones wait to be begun.
    const int MostWaiting = 10_000;

    // Settled repositories that are counted before others have their turn.
    const int CountedAtOnce = 100;

    // At ten requests a second, which a PDS of Bluesky's allows, a minute reads 60,000 records: hardly anybody has as many. Whoever has a page trickle in, and so
    // never fails, would otherwise keep a place for as long as a run keeps at one repository, a day.
    static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(1);

    readonly Channel<Answer> answers = Channel.CreateUnbounded<Answer>(new() { SingleReader = true });
    readonly Dictionary<string, (long Since, bool IsSlow)> inFlight = new(StringComparer.Ordinal);
    readonly long began = time.GetTimestamp();

    // By time that passes, and not by the time of day: a clock that is set back would make them all wait for as long again.
    readonly PriorityQueue<string, TimeSpan> parked = new();

    // Those that have given their place up: they go on in turns, and hold half of the places while there is anybody else. Of one place that is none.
    readonly Queue<string> slow = new();
    readonly int placesOfSlow = width / 2;
    readonly Dictionary<string, (ParkedRepo Repo, bool IsTurn)> waiting = new(StringComparer.Ordinal);
    readonly Dictionary<string, SyncCounts> unsettled = new(StringComparer.Ordinal);

    // Of those that are not settled, how long they have had a place: whoever parks before his minute is over does not begin another one.
    readonly Dictionary<string, TimeSpan> held = new(StringComparer.Ordinal);
    readonly Queue<EnumeratedRepo> ahead = new();
    IRepoSource source = source;
    bool isEnumerated;
    int answered;
    // Between looks at who has been found while something waits. It doubles with each round begun so: there are as few of those as doublings in the time
    // that is waited, however many ever new names somebody's accounts lead to.
    TimeSpan betweenLooks = firstLook;
    TimeSpan nextLook;
    TaskCompletionSource woken = NewSignal();

    /// <summary>What is settled.</summary>
    public RunLedger Ledger => ledger;

    /// <summary>Repositories being read.</summary>
    public int InFlight => inFlight.Count;

    /// <summary>Repositories that wait for their next attempt, or for their next turn.</summary>
    public int Deferred => waiting.Count;

    /// <summary>Of those, the ones that nothing has gone wrong with: they wait for their host's turn, or their own.</summary>
    public int AwaitingTurn => waiting.Values.Count(static wait => wait.IsTurn);

    /// <summary>When the first of those that wait is due.</summary>
    public DateTimeOffset? NextAttemptAt => slow.TryPeek(out var did) || parked.TryPeek(out did, out _) ? waiting[did].Repo.NextAttemptAt : null;

    /// <summary>Repositories that are due next, and after them those that wait for their own turn.</summary>
    public IReadOnlyList<ParkedRepo> Waiting =>
    [
        // Those that wait for their own turn last: there may be very many, and none has a time.
        .. waiting.Values
            .OrderBy(static wait => wait is { IsTurn: true, Repo.Host: null }).ThenBy(static wait => wait.Repo.NextAttemptAt).ThenBy(static wait => wait.Repo.Did, StringComparer.Ordinal)
            .Take(Shown)
            .Select(static wait => wait.Repo),
    ];

    /// <summary>Hosts that repositories wait for.</summary>
    public IReadOnlyList<WaitedHost> Hosts =>
    [
        .. waiting.Values
            .Select(static wait => wait.Repo)
            .Where(static repo => repo.Host is not null)
            .GroupBy(static repo => repo.Host!, static (host, repos) =>
            {
                var next = repos.MinBy(static repo => repo.NextAttemptAt)!;
                return new WaitedHost(host, repos.Count(), next.NextAttemptAt, next.Reason);
            })
            .OrderByDescending(static host => host.Repos).ThenBy(static host => host.Host, StringComparer.Ordinal)
            .Take(Shown),
    ];

    /// <summary>Whether so many wait that the next ones are not begun, whatever their hosts.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Repositories that have been read longest.</summary>
    public IReadOnlyList<string> Reading => [.. inFlight.OrderBy(static repo => repo.Value.Since).Take(Shown).Select(static repo => repo.Key)];

    /// <summary>The last thing that went wrong.</summary>
    public string? LastError => trouble.Last;

    /// <summary>The last thing that was given up.</summary>
    public string? LastingError => trouble.Lasting;

    /// <summary>What the phase has come to, with the pages of unsettled repositories.</summary>
    public SyncCounts Counts => unsettled.Values.Aggregate(ledger.Counts, static (sum, counts) => sum + counts);

    /// <summary>Works until every repository is settled, or until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; every repository has ended its page.</exception>
    /// <exception cref="Exception">A programming error met in a repository. It ends the run: a bug is no bad record.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await FillAsync(ends.Token))
                    // A database that answers at once would otherwise have the whole forum counted in one turn: no pause and no question would come in between.
                    await Task.Yield();
                else if (ledger.OpenCount == 0)
                    return;
                else
                    await WaitAsync(ends.Token);

                while (answers.Reader.TryRead(out var answer))
                    Take(answer, ends.Token);
            }
        }
        finally
        {
            // Also on the way out by an error: nothing of this window may go on reading behind a run that has ended.
            // Untold, each would read its repository to the end first, and a run that has met a bug would go on for as long as that takes.
            await ends.CancelAsync();
            while (inFlight.Count > 0)
            {
                var last = await answers.Reader.ReadAsync(CancellationToken.None);
                if (last.Error is null)
                    Take(last, ends.Token);
                else
                    inFlight.Remove(last.Did);
            }
        }
    }

    /// <summary>What a repository waits for is over: it is asked now. One that does not wait, or only for its turn, is left as it is.</summary>
    public void Wake(string did)
    {
        if (!waiting.TryGetValue(did, out var wait) || !parked.Remove(did, out _, out _))
            return;

        parked.Enqueue(did, Elapsed);
        waiting[did] = wait with { Repo = wait.Repo with { NextAttemptAt = time.GetUtcNow() } };
        woken.TrySetResult();
    }

    TimeSpan Elapsed => time.GetElapsedTime(began);

    /// <summary>Begins repositories as far as there is room.</summary>
    /// <returns>Whether there is more to do at once: so many were settled already that others are to have their turn.</returns>
    async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var counted = 0;
        while (inFlight.Count < width)
        {
            if (slow.Count > 0 && SlowInFlight < placesOfSlow)
            {
                Begin(slow.Dequeue(), isSlow: true, cancellationToken);
            }
            else if (parked.TryPeek(out _, out var at) && at <= Elapsed)
            {
                var due = parked.Dequeue();
                if (HeldBy(due) < LongestTurn)
                    Begin(due, isSlow: false, cancellationToken);
                else
                    // Its entry stays as it is: what it has failed with is what somebody looks for.
                    slow.Enqueue(due);
            }
            else if (waiting.Count < MostWaiting && await NextAsync(cancellationToken) is { } next)
            {
                if (!ledger.Open(next.Did))
                    continue;
                if (next.Settled is not { } counts)
                    Begin(next.Did, isSlow: false, cancellationToken);
                else if (ledger.Settle(next.Did, counts) && ++counted == CountedAtOnce)
                    return true;
            }
            else
            {
                NoteWhetherHeldBack();
                // With nobody else there, none need stand empty.
                if (!slow.TryDequeue(out var did))
                    break;
                Begin(did, isSlow: true, cancellationToken);
            }
        }

        return false;
    }

    void NoteWhetherHeldBack()
    {
        var before = IsHeldBack;
        IsHeldBack = waiting.Count >= MostWaiting && !isEnumerated;
        if (!IsHeldBack || before)
            return;

        var most = Hosts is [var host, ..] ? $", {host.Repos} of them for {host.Host}" : "";
        trouble.Note(
            $"{waiting.Count} repositories wait for their hosts or their turns{most}: as many as may at once, and those that are not begun yet wait with them, whatever their hosts. "
            + "Leave a host out (Atbb:Backfill:SkipHosts) that is not to be waited for.");
    }

    async Task<EnumeratedRepo?> NextAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (ahead.Count == 0 && !isEnumerated)
            {
                if (IsStarting)
                    return null;

                foreach (var repo in await source.NextAsync(ledger.Frontier, cancellationToken))
                    ahead.Enqueue(repo);
                isEnumerated = ahead.Count == 0;
                nextLook = Elapsed + betweenLooks;
            }

            if (ahead.TryDequeue(out var next))
                return next;
        }
        while (await HasNextRoundAsync(cancellationToken));

        return null;
    }

    /// <summary>Goes on to a round over those found since: once everything is settled, and now and then while something waits, which is no matter of theirs.</summary>
    async Task<bool> HasNextRoundAsync(CancellationToken cancellationToken)
    {
        var isEarly = ledger.OpenCount > 0;
        if (nextRound is null || (isEarly && Elapsed < nextLook))
            return false;

        var next = await nextRound(this, cancellationToken);
        nextLook = Elapsed + betweenLooks;
        if (next is null)
            return false;

        (source, isEnumerated) = (next, false);
        if (isEarly)
            betweenLooks *= 2;
        return true;
    }

    async Task WaitAsync(CancellationToken cancellationToken)
    {
        var answered = answers.Reader.WaitToReadAsync(cancellationToken).AsTask();
        if (NextDue is not { } due || inFlight.Count >= width)
        {
            await answered;
            return;
        }

        var wait = due - Elapsed;
        using var giveUpWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var elapsed = Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, giveUpWaiting.Token);
        await await Task.WhenAny(answered, elapsed, woken.Task);
        await giveUpWaiting.CancelAsync();
        if (woken.Task.IsCompleted)
            woken = NewSignal();
    }

    bool IsStarting => !isEnumerated && answered < inFlight.Count / 4 && Elapsed < LongestStart;

    // Of a repository that waits, of a look at what has been found, or of the page after the first.
    TimeSpan? NextDue => new[]
    {
        parked.TryPeek(out _, out var due) ? due : (TimeSpan?)null,
        nextRound is not null && isEnumerated && waiting.Count < MostWaiting ? nextLook : null,
        IsStarting ? LongestStart : null,
    }.Min();

    /// <summary>
    /// How long those not begun yet wait for the first ones: these have their hosts list what they hold, and whom that settles need not be asked if the source is
    /// asked after it.
    /// </summary>
    public TimeSpan LongestStart { get; init; } = TimeSpan.FromSeconds(1);

    int SlowInFlight => inFlight.Values.Count(static place => place.IsSlow);

    // Whether an enumeration has come to its end is known only once it was asked.
    bool OthersWait => NextDue <= Elapsed || (waiting.Count < MostWaiting && (ahead.Count > 0 || !isEnumerated));

    /// <summary>Whether a repository is to give its place up, because somebody can use it.</summary>
    bool HasHadItsTurn(string did)
    {
        var (since, isSlow) = inFlight[did];
        if (inFlight.Count < width)
            return false;

        var turn = time.GetElapsedTime(since);
        if ((isSlow ? turn : HeldBy(did) + turn) >= LongestTurn)
            return slow.Count > 0 || OthersWait;

        // Lent, while there was nobody else.
        return isSlow && SlowInFlight > placesOfSlow && OthersWait;
    }

    TimeSpan HeldBy(string did) => held.GetValueOrDefault(did);

    void Begin(string did, bool isSlow, CancellationToken cancellationToken)
    {
        waiting.Remove(did);
        inFlight.Add(did, (time.GetTimestamp(), isSlow));
        _ = AskAsync(did, cancellationToken);
    }

    /// <summary>Asks a repository to read on until it is settled, parked, cancelled or broken, or its turn is over. Never throws: what happened is the answer.</summary>
    async Task AskAsync(string did, CancellationToken cancellationToken)
    {
        try
        {
            RepoSlice slice;
            do
            {
                slice = await sync(did, cancellationToken);
                unsettled[did] = slice.Counts;
            }
            while (slice.Outcome is RepoOutcome.More && !cancellationToken.IsCancellationRequested && !HasHadItsTurn(did));

            answers.Writer.TryWrite(new Answer(did, slice, null));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            answers.Writer.TryWrite(new Answer(did, new RepoSlice(new RepoOutcome.More(), unsettled.GetValueOrDefault(did)), null));
        }
        catch (Exception e)
        {
            answers.Writer.TryWrite(new Answer(did, null, e));
        }
    }

    void Take(Answer answer, CancellationToken cancellationToken)
    {
        inFlight.Remove(answer.Did, out var place);
        held[answer.Did] = HeldBy(answer.Did) + time.GetElapsedTime(place.Since);
        answered++;
        if (answer.Error is { } error)
            throw new RepoBrokenException(answer.Did, error);

        var slice = answer.Slice!;
        switch (slice.Outcome)
        {
            case RepoOutcome.Parked parking:
                Park(answer.Did, parking);
                break;
            case RepoOutcome.GivenUp { Reason: var reason }:
                trouble.NoteLasting(reason);
                Settle(answer.Did, slice.Counts);
                break;
            case RepoOutcome.Completed or RepoOutcome.Unchanged or RepoOutcome.Gone or RepoOutcome.LeftOut:
                Settle(answer.Did, slice.Counts);
                break;
            case RepoOutcome.More when !cancellationToken.IsCancellationRequested:
                slow.Enqueue(answer.Did);
                waiting[answer.Did] = (new ParkedRepo(answer.Did, Host: null, "it takes long to read, and waits for its next turn, since others wait for a place too", Attempts: 0, time.GetUtcNow()), IsTurn: true);
                break;
            case RepoOutcome.More:
                // Cancelled between two pages: it stays open, and a resume asks it again.
                break;
            default:
                throw new InvalidOperationException($"There is nothing to do for the outcome {slice.Outcome} of {answer.Did}.");
        }
    }

    void Settle(string did, SyncCounts counts)
    {
        unsettled.Remove(did);
        held.Remove(did);
        ledger.Settle(did, counts);
    }

    void Park(string did, RepoOutcome.Parked parking)
    {
        if (!parking.IsTurn)
            trouble.Note(parking.Reason);
        var now = time.GetUtcNow();
        var wait = Waits.Left(parking.Until, now, longestWait);
        parked.Enqueue(did, Elapsed + wait);
        waiting[did] = (new ParkedRepo(did, parking.Host, parking.Reason, parking.Attempts, now + wait), parking.IsTurn);
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly record struct Answer(string Did, RepoSlice? Slice, Exception? Error);
}
