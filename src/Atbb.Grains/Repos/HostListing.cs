using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Repos;

/// <summary>
/// The repositories of one host in one run, read a page at a time and no further than somebody asks. Whoever needs the next page has it asked for, and the others
/// wait for the same answer; it is in the books of whoever is served of it first.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="pdses">Asks it.</param>
/// <param name="takeIn">Says of a page's active repositories which are ours.</param>
/// <param name="logger">Told when the host does not list.</param>
/// <param name="time">Bounds the waiting.</param>
/// <param name="longestWait">How long one waits for a page. Who waits for longer holds a place that a repository of another host could use.</param>
sealed partial class HostListing(
    Uri host,
    IRepoClient pdses,
    Func<IReadOnlyDictionary<Did, Tid>, CancellationToken, Task<IReadOnlyDictionary<Did, ListedRev>>> takeIn,
    ILogger<HostListing> logger,
    TimeProvider time,
    TimeSpan longestWait)
{
    /// <summary>Repositories that are asked about one by one before a listing is worth its first page: most hosts hold no more of a forum's users.</summary>
    public const int AskedAlone = 4;

    /// <summary>Fewer than this many of ours on a page, and the rest are asked about one by one: a page is as heavy as some hundred small answers.</summary>
    public const int FewOnPage = 10;

    /// <summary>Refusals (429) in a row after which the listing is given up: a host may limit this method alone, and for good.</summary>
    public const int MostRefusals = 3;

    static readonly TimeSpan ComeBackIn = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();

    // What is listed and not asked for yet, which is most of what is settled. Of ours alone, so bounded by the forum and not by the host; and as numbers, since
    // a forum may have many: a hash of the DID that nobody finds a second one for, and the bits of the rev.
    readonly Dictionary<TextHash, (ulong Rev, bool IsSettled)> revs = [];
    Task reading = Task.CompletedTask;

    // What the last page has cost: in the books of whoever is served next. Whoever had it asked for may have been sent away before it came.
    RequestMeter? unpaid;
    long readingSince;
    string? cursor;
    bool isOver;
    int asked;
    int refusals;

    /// <inheritdoc cref="HostHeads.RevOfAsync"/>
    /// <exception cref="AtProtoException">The host is listing and takes its time: come back. As for every turn that comes too late, nothing has failed.</exception>
    public async Task<ListedRev?> RevOfAsync(Did did, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref asked) <= AskedAlone)
            return null;

        var key = TextHash.Of(did.Value);
        while (true)
        {
            Task page;
            TimeSpan left;
            lock (gate)
            {
                var isListed = revs.Remove(key, out var listed);
                if (isListed || isOver)
                {
                    Pay();
                    return isListed ? new(Tid.FromBits(listed.Rev), listed.IsSettled) : null;
                }

                // Not with this caller's token: others wait for the same page. It has time-outs of its own.
                if (reading.IsCompleted)
                    (readingSince, reading) = (time.GetTimestamp(), Task.Run(ReadPageAsync, CancellationToken.None));
                (page, left) = (reading, longestWait - time.GetElapsedTime(readingSince));
            }

            try
            {
                await page.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // It may have come just now.
                if (page.IsCompleted)
                    continue;
                throw new AtProtoException(AtProtoFailure.RateLimited, $"{host.Authority} has not yet listed its repositories, which it is asked for instead of each one's rev.")
                {
                    RetryAt = time.GetUtcNow() + ComeBackIn,
                };
            }
        }
    }

    void Pay()
    {
        if (unpaid is { } spent)
            RequestMeter.Add(spent);
        unpaid = null;
    }

    async Task ReadPageAsync()
    {
        using var spent = RequestMeter.StartApart(follows: cursor is null ? null : host);
        try
        {
            await ReadPageInAsync();
        }
        finally
        {
            lock (gate)
            {
                // One before it that nobody has been served of, as where the database was away meanwhile.
                if (unpaid is { } before)
                    RequestMeter.Add(before);
                unpaid = spent;
            }
        }
    }

    async Task ReadPageInAsync()
    {
        HostPage page;
        try
        {
            page = await pdses.ListReposAsync(host, cursor, CancellationToken.None);
        }
        catch (AtProtoException e) when (e is { Failure: AtProtoFailure.RateLimited, Status: not null, IsFinal: false } && refusals < MostRefusals)
        {
            refusals++;
            // The host has refused one request, its listing, and that is no failure of the repositories that wait for it: all its requests pause
            // for this, and theirs come after. Without a status, as for every turn that has not come.
            throw new AtProtoException(AtProtoFailure.RateLimited, e.Message, e) { RetryAt = e.RetryAt ?? time.GetUtcNow() + ComeBackIn };
        }
        catch (AtProtoException e) when (e is not { Failure: AtProtoFailure.RateLimited, Status: null })
        {
            // Whatever it is (no such method, an outage, nonsense): each repository asks its host itself, and hears what there is to hear.
            LogGivenUp(host.Authority, e.Message);
            End();
            return;
        }

        var active = new Dictionary<Did, Tid>();
        foreach (var (did, repo) in page.Repos)
            if (repo is { Active: true, Rev: { } rev })
                active.TryAdd(did, rev);
        Add(page, await takeIn(active, CancellationToken.None));
    }

    void Add(HostPage page, IReadOnlyDictionary<Did, ListedRev> ours)
    {
        lock (gate)
        {
            refusals = 0;
            var news = 0;
            foreach (var (did, listed) in ours)
                if (revs.TryAdd(TextHash.Of(did.Value), (listed.Rev.Bits, listed.IsSettled)))
                    news++;

            // Also the end of a host that leads in circles: it runs out of what is new.
            isOver = page.Cursor is null || page.Cursor == cursor || news < FewOnPage;
            cursor = page.Cursor;
        }
    }

    void End()
    {
        lock (gate)
            isOver = true;
    }

    [LoggerMessage(230, LogLevel.Information, "backfill.host_listing: {Host} does not list its repositories, each is asked about alone: {Reason}", EventName = "backfill.host_listing")]
    partial void LogGivenUp(string host, string reason);
}
